/* The reader of json.h. */
#include "json.h"

#include <string.h>

struct reader {
  struct json_document *document;
  const char *at, *end;
};

static void space(struct reader *r) {
  while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r')) r->at++;
}

static int hex4(const char *s) {
  int value = 0;
  for (int i = 0; i < 4; i++) {
    char c = s[i];
    int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    if (digit < 0) return -1;
    value = value << 4 | digit;
  }
  return value;
}

/* At the opening quote; leaves `at` behind the closing one. */
static bool quoted(struct reader *r, const char **text, uint32_t *length) {
  if (r->at >= r->end || *r->at != '"') return false;
  const char *begin = ++r->at;
  for (; r->at < r->end; r->at++) {
    unsigned char c = (unsigned char)*r->at;
    if (c == '"') {
      *text = begin;
      *length = (uint32_t)(r->at++ - begin);
      return true;
    }
    if (c < 0x20) return false;
    if (c != '\\') continue;
    if (++r->at >= r->end) return false;
    if (*r->at == 'u') {
      if (r->end - r->at < 5 || hex4(r->at + 1) < 0) return false;
      r->at += 4;
    } else if (!memchr("\"\\/bfnrt", *r->at, 8)) {
      return false;
    }
  }
  return false;
}

static bool digits(struct reader *r) {
  const char *begin = r->at;
  while (r->at < r->end && *r->at >= '0' && *r->at <= '9') r->at++;
  return r->at > begin;
}

static bool number(struct reader *r) {
  if (r->at < r->end && *r->at == '-') r->at++;
  const char *whole = r->at;
  if (!digits(r) || (*whole == '0' && r->at - whole > 1)) return false;
  if (r->at < r->end && *r->at == '.') {
    r->at++;
    if (!digits(r)) return false;
  }
  if (r->at < r->end && (*r->at == 'e' || *r->at == 'E')) {
    r->at++;
    if (r->at < r->end && (*r->at == '+' || *r->at == '-')) r->at++;
    if (!digits(r)) return false;
  }
  return true;
}

static bool word(struct reader *r, const char *text) {
  size_t n = strlen(text);
  if ((size_t)(r->end - r->at) < n || memcmp(r->at, text, n) != 0) return false;
  r->at += n;
  return true;
}

static struct json *value(struct reader *, int depth);

/* At the bracket; objects have keys. */
static bool parts(struct reader *r, struct json *whole, char close, int depth) {
  const struct json **link = &whole->first;
  r->at++;
  space(r);
  if (r->at < r->end && *r->at == close) return r->at++, true;
  while (r->at < r->end) {
    const char *key = NULL;
    uint32_t key_length = 0;
    if (close == '}') {
      space(r);
      if (!quoted(r, &key, &key_length) || memchr(key, '\\', key_length)) return false;
      for (const struct json *other = whole->first; other; other = other->next)
        if (other->key_length == key_length && memcmp(other->key, key, key_length) == 0) return false;
      space(r);
      if (r->at >= r->end || *r->at++ != ':') return false;
    }
    struct json *part = value(r, depth + 1);
    if (!part) return false;
    part->key = key;
    part->key_length = key_length;
    *link = part;
    link = &part->next;
    whole->length++;
    space(r);
    if (r->at >= r->end) return false;
    char c = *r->at++;
    if (c == close) return true;
    if (c != ',') return false;
  }
  return false;
}

static struct json *value(struct reader *r, int depth) {
  if (depth > JSON_DEPTH || r->document->used >= JSON_NODES) return NULL;
  struct json *node = &r->document->nodes[r->document->used++];
  memset(node, 0, sizeof *node);
  space(r);
  if (r->at >= r->end) return NULL;
  node->text = r->at;
  switch (*r->at) {
    case '{':
      node->type = JSON_OBJECT;
      return parts(r, node, '}', depth) ? node : NULL;
    case '[':
      node->type = JSON_ARRAY;
      return parts(r, node, ']', depth) ? node : NULL;
    case '"':
      node->type = JSON_TEXT;
      return quoted(r, &node->text, &node->length) ? node : NULL;
    case 't':
      node->type = JSON_TRUE;
      return word(r, "true") ? node : NULL;
    case 'f':
      node->type = JSON_FALSE;
      return word(r, "false") ? node : NULL;
    case 'n':
      node->type = JSON_NULL;
      return word(r, "null") ? node : NULL;
    default:
      node->type = JSON_NUMBER;
      if (!number(r)) return NULL;
      node->length = (uint32_t)(r->at - node->text);
      return node;
  }
}

const struct json *json_parse(struct json_document *document, const char *text, size_t length) {
  if (length > UINT32_MAX) return NULL;
  struct reader r = {document, text, text + length};
  document->used = 0;
  struct json *whole = value(&r, 0);
  if (!whole) return NULL;
  space(&r);
  return r.at == r.end ? whole : NULL;
}

const struct json *json_member(const struct json *object, const char *key) {
  if (!object || object->type != JSON_OBJECT) return NULL;
  size_t n = strlen(key);
  for (const struct json *m = object->first; m; m = m->next)
    if (m->key_length == n && memcmp(m->key, key, n) == 0) return m;
  return NULL;
}

bool json_u64(const struct json *v, uint64_t *to) {
  if (!v || (v->type != JSON_NUMBER && v->type != JSON_TEXT) || v->length == 0) return false;
  uint64_t sum = 0;
  for (uint32_t i = 0; i < v->length; i++) {
    if (v->text[i] < '0' || v->text[i] > '9') return false;
    uint64_t digit = (uint64_t)(v->text[i] - '0');
    if (sum > (UINT64_MAX - digit) / 10) return false;
    sum = sum * 10 + digit;
  }
  *to = sum;
  return true;
}

bool json_bool(const struct json *v) { return v && v->type == JSON_TRUE; }

static size_t utf8(uint32_t c, char *to) {
  if (c < 0x80) return to[0] = (char)c, 1;
  if (c < 0x800) return to[0] = (char)(0xc0 | c >> 6), to[1] = (char)(0x80 | (c & 63)), 2;
  if (c < 0x10000)
    return to[0] = (char)(0xe0 | c >> 12), to[1] = (char)(0x80 | (c >> 6 & 63)), to[2] = (char)(0x80 | (c & 63)), 3;
  to[0] = (char)(0xf0 | c >> 18);
  to[1] = (char)(0x80 | (c >> 12 & 63));
  to[2] = (char)(0x80 | (c >> 6 & 63));
  to[3] = (char)(0x80 | (c & 63));
  return 4;
}

bool json_text(const struct json *v, char *to, size_t size) {
  if (!v || v->type != JSON_TEXT || size == 0) return false;
  size_t n = 0;
  for (uint32_t i = 0; i < v->length; i++) {
    char unit[4];
    size_t units = 1;
    unit[0] = v->text[i];
    if (unit[0] == '\\') {
      char escape = v->text[++i];
      if (escape == 'u') {
        uint32_t c = (uint32_t)hex4(v->text + i + 1);
        i += 4;
        if (c >= 0xd800 && c < 0xdc00) {
          if (i + 6 >= v->length || v->text[i + 1] != '\\' || v->text[i + 2] != 'u') return false;
          uint32_t low = (uint32_t)hex4(v->text + i + 3);
          if (low < 0xdc00 || low >= 0xe000) return false;
          c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
          i += 6;
        } else if ((c >= 0xdc00 && c < 0xe000) || c == 0) {
          return false;
        }
        units = utf8(c, unit);
      } else {
        static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
        const char *found = strchr(from, escape);
        unit[0] = into[found ? found - from : 0];
      }
    }
    if (n + units >= size) return false;
    memcpy(to + n, unit, units);
    n += units;
  }
  to[n] = 0;
  return true;
}

bool json_is(const struct json *v, const char *text) {
  return v && v->type == JSON_TEXT && v->length == strlen(text) && memcmp(v->text, text, v->length) == 0;
}
