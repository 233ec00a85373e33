/* A bounded JSON reader, and a writer that escapes. No allocation: nodes come from a pool, text goes to a buffer. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_NODES 1024
#define JSON_DEPTH 16

enum json_type { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_TEXT, JSON_ARRAY, JSON_OBJECT };

struct json {
  enum json_type type;
  /* Of a member of an object: its key, between its quotes, as written. */
  const char *key;
  uint32_t key_length;
  /* Numbers as written; texts between their quotes, still escaped; arrays and objects: number of parts in `length`. */
  const char *text;
  uint32_t length;
  const struct json *first, *next;
};

struct json_document {
  struct json nodes[JSON_NODES];
  uint32_t used;
};

/* NULL if it is not one JSON value, has duplicate or escaped keys, more than JSON_NODES values or is deeper than
   JSON_DEPTH. The value lives in the document and points into the text. */
const struct json *json_parse(struct json_document *, const char *text, size_t length);
/* NULL if there is no such member, or the value is no object (or NULL itself). */
const struct json *json_member(const struct json *, const char *key);
/* A whole number without sign, fraction and exponent, or such digits as text: 64-bit values travel as text. */
bool json_u64(const struct json *, uint64_t *);
bool json_bool(const struct json *);
/* Unescaped as UTF-8 with a NUL behind it. False: no text, too long, holds a NUL or a broken escape. */
bool json_text(const struct json *, char *to, size_t size);
bool json_is(const struct json *, const char *text);

/* Writes one JSON value into a buffer. What does not fit sets `full`, and the message must not be sent. */
struct out {
  char *buffer;
  size_t size, length;
  bool full, comma;
  int depth;
};

void out_begin(struct out *, char *buffer, size_t size);
/* `key` is NULL inside of arrays; keys are ours and need no escape. */
void out_object(struct out *, const char *key);
void out_array(struct out *, const char *key);
void out_end_object(struct out *);
void out_end_array(struct out *);
/* Bytes that are no UTF-8 become U+FFFD. */
void out_text(struct out *, const char *key, const char *text);
void out_text_n(struct out *, const char *key, const char *text, size_t length);
/* A number; what a double cannot hold exactly becomes a text of digits. */
void out_u64(struct out *, const char *key, uint64_t);
void out_i64(struct out *, const char *key, int64_t);
void out_bool(struct out *, const char *key, bool);
/* Digits as text: instants in ns, cookies. */
void out_decimal(struct out *, const char *key, uint64_t);
