/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * luo_text_fold_width:
 *
 * People type digits and punctuation in full width (１２．５，（）) as their input method stands. Gives the ASCII characters instead,
 * and removes the blanks around.
 *
 * Returns: (transfer full): the folded text; empty where @text is not UTF-8
 */
char *luo_text_fold_width (const char *text);

G_END_DECLS
