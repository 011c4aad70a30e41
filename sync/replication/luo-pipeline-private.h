/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Units of a job, worked on by a few threads at once, with a bound on how many wait. What is complete is counted from the
 * first unit on without a gap: so far a checkpoint may be moved. */

typedef struct _LuoPipeline LuoPipeline;

/** Works on one unit, in a thread of the pipeline (or in the caller's for the last of few). FALSE with @error ends all. */
typedef gboolean (*LuoPipelineFunc) (gpointer unit, gpointer user_data, GError **error);

/**
 * luo_pipeline_new:
 * @workers: threads; none is started before a second unit comes while the first is not begun
 * @queue: units that may wait
 * @free_unit: frees a unit when it has been worked on, or is not any more
 *
 * Returns: (transfer full)
 */
LuoPipeline *luo_pipeline_new (guint workers, guint queue, LuoPipelineFunc func, GDestroyNotify free_unit,
                               gpointer user_data);

/** Adds @unit (transfer full) and waits while too many wait. FALSE where the pipeline has failed: go to luo_pipeline_finish(). */
gboolean luo_pipeline_push (LuoPipeline *self, gpointer unit);

/** How many units from the first on are complete without a gap. */
guint64 luo_pipeline_get_complete (LuoPipeline *self);

/** Waits for all units. FALSE with the first error of a unit. */
gboolean luo_pipeline_finish (LuoPipeline *self, GError **error);

/** Says which of @waiting units (at least one) is worked on next; -1 where none is just now. */
typedef int (*LuoPipelinePick) (guint waiting);

/**
 * luo_pipeline_set_pick:
 * @pick: (nullable)
 *
 * Has all pipelines of this process do without threads from here on: whoever adds units works on those that @pick says, in its order, and
 * on the others when too many wait or no more come. For the simulator, in which only one thing happens at a time and each at its chance.
 */
void luo_pipeline_set_pick (LuoPipelinePick pick);

/** Waits for units that are being worked on, drops the others. */
void luo_pipeline_free (LuoPipeline *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LuoPipeline, luo_pipeline_free)

G_END_DECLS
