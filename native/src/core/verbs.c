#include "verbs.h"

#include "install/install.h"

const struct verb all_verbs[] = {
    {"install", "a copy with capabilities, which only root can change (sudo)", run_install},
    {"uninstall", "takes it away again (sudo)", run_uninstall},
    {"doctor", "what works here, what does not and why; --json", run_doctor},
    {NULL, NULL, NULL},
};
