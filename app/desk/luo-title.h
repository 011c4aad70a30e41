/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-document.h"

G_BEGIN_DECLS

/* What a record is called, by its type. */

/** Returns: (transfer full): "195 · 新建服务中心、改造服务站", a project's name, a training's topic, "皇姑区 · 三台子社区"… */
char *luo_title_of (LuoDocument *document);

/** Returns: (nullable) (transfer none): the stage a project has reached: the last with `on` */
const char *luo_title_stage (JsonObject *project, const char **on);

/** Adds up @member over the fund lines. Returns: whether any line states it. */
gboolean luo_title_funds (JsonObject *project, const char *member, gint64 *fen);

G_END_DECLS
