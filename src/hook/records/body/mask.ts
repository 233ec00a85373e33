/** Secrets in recorded bodies, by the names that the user added too. */
import { maskBody } from '../../../model/secrets/bodyMask';
import { maskBeginning } from '../../../model/secrets/mask';
import { addedNames } from '../../output/json';
import { checkWork } from '../../runtime/budget';

/** At most about `max` characters. `isCut`: the text goes on behind its end. */
export const maskedBody = (text: string, type: string, max = text.length, isCut = false): string =>
  maskBeginning(text, max, (some, ends) =>
    maskBody(some, type, { extra: addedNames(), isCut: isCut || ends, check: checkWork }),
  );
