/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-log-copier.h"

#include "luo-connection.h"

struct _LuoLogCopier
{
  char *path;      /* (owned) */
  GThread *thread; /* (owned) (nullable): begun with the first question */

  GMutex lock; /* guards what follows */
  GCond cond;
  gboolean asked;
  gboolean stopping;
};

LuoLogCopier *
luo_log_copier_new (const char *path)
{
  LuoLogCopier *self = g_new0 (LuoLogCopier, 1);

  self->path = g_strdup (path);
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  return self;
}

static gpointer
copier_main (gpointer data)
{
  LuoLogCopier *self = data;
  LuoConnection *conn = NULL;

  g_mutex_lock (&self->lock);
  while (!self->stopping)
    if (self->asked)
      {
        self->asked = FALSE;
        g_mutex_unlock (&self->lock);
        /* Where the file can not be opened (no descriptors left) the writer copies by itself at its own limit. */
        if (conn == NULL)
          conn = luo_connection_open (self->path, LUO_CONNECTION_READ, NULL);
        if (conn != NULL)
          luo_connection_checkpoint (conn);
        g_mutex_lock (&self->lock);
      }
    else
      g_cond_wait (&self->cond, &self->lock);
  g_mutex_unlock (&self->lock);
  luo_connection_close (conn);
  return NULL;
}

void
luo_log_copier_ask (LuoLogCopier *self)
{
  g_mutex_lock (&self->lock);
  self->asked = TRUE;
  g_cond_signal (&self->cond);
  if (self->thread == NULL)
    self->thread = g_thread_new ("luo-log-copier", copier_main, self);
  g_mutex_unlock (&self->lock);
}

void
luo_log_copier_free (LuoLogCopier *self)
{
  if (self == NULL)
    return;

  g_mutex_lock (&self->lock);
  self->stopping = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
  if (self->thread != NULL)
    g_thread_join (self->thread);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self->path);
  g_free (self);
}
