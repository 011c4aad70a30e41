/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-json-text.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

G_BEGIN_DECLS

/* What the files of luo-json-text.h share; nothing outside sync/record includes this. */

/* An integer of so many digits or more may not fit 64 bits; json-glib would wrap it. */
#define LUO_JSON_LONG_INTEGER_DIGITS 19

/**
 * LuoJsonWant: what the outermost value must be.
 */
typedef enum
{
  LUO_JSON_WANT_ANY,
  LUO_JSON_WANT_OBJECT,
  LUO_JSON_WANT_ARRAY,
} LuoJsonWant;

/**
 * luo_json_scan:
 * @members: (nullable): a GArray of LuoJsonMember; gets the members of the outermost object, or the items of the outermost
 *   array (without names)
 * @long_integers: (nullable): a GArray of gsize; gets the end offset of every integer of LUO_JSON_LONG_INTEGER_DIGITS or more
 *
 * The one checker of JSON text: see luo_json_cut() for what it refuses.
 */
gboolean luo_json_scan (const char *text, gsize length, LuoJsonWant want, GArray *members,
                        GArray *long_integers, GError **error);

/** Appends the decoded bytes of the inside of a checked JSON string, U+0000 as a NUL byte. */
void luo_json_decode_append (GString *out, const char *inside, gsize length);

/** Appends @length bytes of UTF-8 (NUL bytes allowed) as a JSON string with quotes and the least escapes. */
void luo_json_append_bytes (GString *out, const char *bytes, gsize length);

static inline gboolean
luo_json_is_space (char c)
{
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* The first byte from @p on that is a quote or a backslash, or with @strict also a control character or a byte of a
 * multi-byte character; @end where there is none. Sixteen bytes at a time where the machine can. */
static inline const char *
luo_json_skip_plain (const char *p, const char *end, gboolean strict)
{
#if defined(__SSE2__)
  const __m128i quote = _mm_set1_epi8 ('"');
  const __m128i backslash = _mm_set1_epi8 ('\\');
  const __m128i space = _mm_set1_epi8 (0x20);

  while (end - p >= 16)
    {
      __m128i block = _mm_loadu_si128 ((const __m128i *)p);
      __m128i hit = _mm_or_si128 (_mm_cmpeq_epi8 (block, quote), _mm_cmpeq_epi8 (block, backslash));
      int mask;

      /* As signed bytes, those from 0x80 are below 0x20 as well. */
      if (strict)
        hit = _mm_or_si128 (hit, _mm_cmplt_epi8 (block, space));
      mask = _mm_movemask_epi8 (hit);
      if (mask != 0)
        return p + __builtin_ctz ((unsigned)mask);
      p += 16;
    }
#endif
  while (p < end && *p != '"' && *p != '\\' && (!strict || ((guchar)*p >= 0x20 && (guchar)*p < 0x80)))
    p++;
  return p;
}

G_END_DECLS
