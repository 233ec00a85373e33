// with: core/json.c core/out.c
/* The reader refuses JSON outside of our subset, the writer escapes; random texts neither crash nor pass wrongly. */
#include "check.h"
#include "core/json.h"

static struct json_document document;

static const struct json *read_text(const char *text) { return json_parse(&document, text, strlen(text)); }

static void reads(void) {
  const struct json *v = read_text("{\"cmd\":\"watch\",\"n\":18446744073709551615,\"a\":[1,true,null,-2.5e3],\"t\":\"\\u00e9\\n\\ud83d\\ude00\"}");
  uint64_t n;
  char text[16];
  CHECK(v && json_is(json_member(v, "cmd"), "watch"));
  CHECK(json_u64(json_member(v, "n"), &n) && n == UINT64_MAX);
  CHECK(json_member(v, "a")->length == 4 && !json_u64(json_member(v, "a")->first->next->next->next, &n));
  CHECK(json_text(json_member(v, "t"), text, sizeof text) && strcmp(text, "\xc3\xa9\n\xf0\x9f\x98\x80") == 0);
  CHECK(!json_text(json_member(v, "t"), text, 7));
  CHECK(json_member(v, "none") == NULL && json_member(NULL, "x") == NULL && !json_bool(NULL));
  static const char *const bad[] = {"",       "{",       "{\"a\"}",    "{\"a\":1,}",        "[1,]",   "01",      "1.",
                                    "\"\\x\"", "\"\\u12\"", "{\"a\":1}x", "{\"a\":1,\"a\":2}", "\"\n\"", "nul",     "-",
                                    "+1",     "[1 2]",   "{a:1}",     "\"",                "1e",     "{\"\\u0061\":1}"};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) CHECK(read_text(bad[i]) == NULL);
  v = read_text("[18446744073709551616,-1,1.5,\"\\u0000\",\"\\ud800\",\"\\ud800\\u0041\"]");
  CHECK(v);
  for (const struct json *part = v->first; part; part = part->next) {
    CHECK(!json_u64(part, &n));
    CHECK(part->type != JSON_TEXT || !json_text(part, text, sizeof text));
  }
}

static void bounded(void) {
  char deep[64];
  memset(deep, '[', JSON_DEPTH + 1);
  memset(deep + JSON_DEPTH + 1, ']', JSON_DEPTH + 1);
  CHECK(json_parse(&document, deep, 2 * (JSON_DEPTH + 1)));
  memset(deep, '[', JSON_DEPTH + 2);
  memset(deep + JSON_DEPTH + 2, ']', JSON_DEPTH + 2);
  CHECK(!json_parse(&document, deep, 2 * (JSON_DEPTH + 2)));
  static char wide[4 * JSON_NODES];
  size_t n = 0;
  wide[n++] = '[';
  for (int i = 0; i < JSON_NODES; i++) {
    wide[n++] = '1';
    wide[n++] = ',';
  }
  wide[n - 1] = ']';
  CHECK(!json_parse(&document, wide, n));
}

static void writes(void) {
  char buffer[256], back[64];
  struct out o;
  out_begin(&o, buffer, sizeof buffer);
  out_object(&o, NULL);
  out_text(&o, "t", "a\"b\\c\n\x01\xff\xc3\xa9");
  out_u64(&o, "small", 5);
  out_u64(&o, "large", UINT64_MAX);
  out_i64(&o, "minus", -7);
  out_decimal(&o, "ns", 12);
  out_array(&o, "list");
  out_bool(&o, NULL, true);
  out_object(&o, NULL);
  out_end_object(&o);
  out_end_array(&o);
  out_end_object(&o);
  CHECK(!o.full && o.depth == 0);
  static const char wanted[] =
      "{\"t\":\"a\\\"b\\\\c\\u000a\\u0001\xef\xbf\xbd\xc3\xa9\",\"small\":5,\"large\":\"18446744073709551615\","
      "\"minus\":-7,\"ns\":\"12\",\"list\":[true,{}]}";
  CHECK(o.length == sizeof wanted - 1 && memcmp(buffer, wanted, o.length) == 0);
  const struct json *v = json_parse(&document, buffer, o.length);
  CHECK(v && json_text(json_member(v, "t"), back, sizeof back));
  CHECK(strcmp(back, "a\"b\\c\n\x01\xef\xbf\xbd\xc3\xa9") == 0);
  out_begin(&o, buffer, 8);
  out_object(&o, NULL);
  out_text(&o, "long", "does not fit");
  CHECK(o.full && o.length <= 8);
}

static void random_texts(void) {
  static const char seed[] = "{\"cmd\":\"watch\",\"id\":\"4711-0-3\",\"local\":{\"address\":\"::1\",\"port\":80},\"x\":[1,2.5e-3,"
                             "true,null,\"\\u00e9\\ud83d\\ude00\"],\"n\":\"123\"}";
  uint8_t changed[1024];
  char text[64];
  uint64_t n;
  for (int i = 0; i < 100000; i++) {
    size_t length = mutated((const uint8_t *)seed, sizeof seed - 1, changed, sizeof changed);
    uint8_t *copy = exactly(changed, length);
    const struct json *v = json_parse(&document, (const char *)copy, length);
    for (const struct json *part = v ? v->first : NULL; part; part = part->next) {
      json_text(part, text, sizeof text);
      json_u64(part, &n);
      json_text(json_member(part, "address"), text, sizeof text);
    }
    free(copy);
  }
}

int main(void) {
  reads();
  bounded();
  writes();
  random_texts();
  return 0;
}
