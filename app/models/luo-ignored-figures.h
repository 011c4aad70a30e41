/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "luo-progress-check.h"
#include "luo-store.h"

G_BEGIN_DECLS

/**
 * LuoIgnoredFigures: which contradictions between a text and a reading a person said are none, on this machine. What is ignored is
 * one figure of one progress against one reading: another figure, or another reading, is a matter of its own.
 *
 * Kept in the replica's own notes, not in records: it is an opinion about a warning, not about the progress.
 */
typedef struct _LuoIgnoredFigures LuoIgnoredFigures;

/** Blocks. Returns: (transfer full): empty where nothing was kept or it can not be read */
LuoIgnoredFigures *luo_ignored_figures_read (LuoStore *store);
LuoIgnoredFigures *luo_ignored_figures_ref (LuoIgnoredFigures *self);
void luo_ignored_figures_unref (LuoIgnoredFigures *self);

/** @progress: id of the progress. Any thread, as long as nobody adds. */
gboolean luo_ignored_figures_has (LuoIgnoredFigures *self, const char *progress,
                                  const LuoCheckedFigure *figure);
/** Adds here and now; keeps it in the replica in a thread. Main thread. */
void luo_ignored_figures_add (LuoIgnoredFigures *self, LuoStore *store, const char *progress,
                              const LuoCheckedFigure *figure);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoIgnoredFigures, luo_ignored_figures_unref)

G_END_DECLS
