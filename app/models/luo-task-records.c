/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-task-records.h"

#include "luo-query.h"

LuoProposal *
luo_task_records_propose (LuoStore *store, LuoDocument *task, const char *month, const char *until,
                          const char *office, GError **error)
{
  static const char *const types[] = { "office", "project", "training", "visit" };
  g_autoptr (GPtrArray) lists = g_ptr_array_new_with_free_func ((GDestroyNotify)g_ptr_array_unref);
  g_autoptr (GPtrArray) objects = g_ptr_array_new ();

  for (guint t = 0; t < G_N_ELEMENTS (types); t++)
    {
      g_autoptr (LuoQuery) query = luo_query_new (types[t]);
      GPtrArray *list;

      if (t > 0)
        luo_query_where (query, "task", LUO_EQUAL, luo_document_get_id (task));
      list = luo_store_list (store, query, error);
      if (list == NULL)
        return NULL;
      g_ptr_array_add (lists, list);
      for (guint i = 0; i < list->len; i++)
        g_ptr_array_add (objects, luo_document_get_object (g_ptr_array_index (list, i)));
    }
  return luo_proposal_new (luo_document_get_object (task), luo_document_get_id (task), month, until, office,
                           objects);
}
