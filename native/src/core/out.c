/* The writer of json.h. */
#include "json.h"

#include <stdio.h>
#include <string.h>

void out_begin(struct out *o, char *buffer, size_t size) { *o = (struct out){.buffer = buffer, .size = size}; }

static void put(struct out *o, const char *bytes, size_t n) {
  if (o->full || n > o->size - o->length) {
    o->full = true;
    return;
  }
  memcpy(o->buffer + o->length, bytes, n);
  o->length += n;
}

static void name(struct out *o, const char *key) {
  if (o->comma) put(o, ",", 1);
  o->comma = true;
  if (!key) return;
  put(o, "\"", 1);
  put(o, key, strlen(key));
  put(o, "\":", 2);
}

static void open_part(struct out *o, const char *key, const char *bracket) {
  name(o, key);
  put(o, bracket, 1);
  o->comma = false;
  o->depth++;
}

static void close_part(struct out *o, const char *bracket) {
  put(o, bracket, 1);
  o->comma = true;
  o->depth--;
}

void out_object(struct out *o, const char *key) { open_part(o, key, "{"); }
void out_array(struct out *o, const char *key) { open_part(o, key, "["); }
void out_end_object(struct out *o) { close_part(o, "}"); }
void out_end_array(struct out *o) { close_part(o, "]"); }

/* Length of the whole UTF-8 sequence at s, 0 if there is none. */
static size_t sequence(const unsigned char *s, size_t left) {
  if (s[0] < 0x80) return 1;
  size_t n = s[0] >= 0xc2 && s[0] < 0xe0 ? 2 : s[0] >= 0xe0 && s[0] < 0xf0 ? 3 : s[0] >= 0xf0 && s[0] < 0xf5 ? 4 : 0;
  if (n == 0 || n > left) return 0;
  for (size_t i = 1; i < n; i++)
    if ((s[i] & 0xc0) != 0x80) return 0;
  if (s[0] == 0xe0 && s[1] < 0xa0) return 0;
  if (s[0] == 0xed && s[1] >= 0xa0) return 0;
  if (s[0] == 0xf0 && s[1] < 0x90) return 0;
  if (s[0] == 0xf4 && s[1] >= 0x90) return 0;
  return n;
}

void out_text_n(struct out *o, const char *key, const char *text, size_t length) {
  name(o, key);
  put(o, "\"", 1);
  const unsigned char *s = (const unsigned char *)text;
  for (size_t i = 0; i < length;) {
    size_t n = sequence(s + i, length - i);
    if (n == 0) {
      put(o, "\xef\xbf\xbd", 3);
      i++;
    } else if (n == 1 && (s[i] < 0x20 || s[i] == '"' || s[i] == '\\' || s[i] == 0x7f)) {
      char escape[8];
      if (s[i] == '"' || s[i] == '\\') snprintf(escape, sizeof escape, "\\%c", s[i]);
      else snprintf(escape, sizeof escape, "\\u%04x", s[i]);
      put(o, escape, strlen(escape));
      i++;
    } else {
      put(o, text + i, n);
      i += n;
    }
  }
  put(o, "\"", 1);
}

void out_text(struct out *o, const char *key, const char *text) { out_text_n(o, key, text, strlen(text)); }

static void plain(struct out *o, const char *key, const char *text) {
  name(o, key);
  put(o, text, strlen(text));
}

void out_u64(struct out *o, const char *key, uint64_t v) {
  if (v > (1ull << 53)) return out_decimal(o, key, v);
  char text[24];
  snprintf(text, sizeof text, "%llu", (unsigned long long)v);
  plain(o, key, text);
}

void out_i64(struct out *o, const char *key, int64_t v) {
  char text[24];
  snprintf(text, sizeof text, "%lld", (long long)v);
  plain(o, key, text);
}

void out_bool(struct out *o, const char *key, bool v) { plain(o, key, v ? "true" : "false"); }

void out_decimal(struct out *o, const char *key, uint64_t v) {
  char text[28];
  snprintf(text, sizeof text, "\"%llu\"", (unsigned long long)v);
  plain(o, key, text);
}
