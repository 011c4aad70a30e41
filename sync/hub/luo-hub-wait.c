/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-hub-wait-private.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* The number of the thread's own event among those of the waits, which count from 1. */
#define SELF_NUMBER 0

typedef struct
{
  guint64 generation; /* counts the commits seen */
  GQueue waiting;     /* of LuoHubWait, not owned */
} Space;

struct _LuoHubWaits
{
  GMutex mutex;
  GHashTable *spaces;    /* (owned): name → Space */
  GHashTable *by_number; /* (owned): of the waiting: guint64 → LuoHubWait (not owned) */
  GTree *by_time;        /* (owned): of the waiting, by until and number */
  guint64 last_number;
  gboolean stopping;
  gboolean quit;
  int epoll;
  int event; /* wakes the thread */
  GThread *thread;
};

struct _LuoHubWait
{
  LuoHubWaits *waits; /* (unowned) */
  Space *space;       /* (unowned): spaces are never taken out of the table */
  struct MHD_Connection *connection;
  int fd;
  guint64 number; /* of this wait; never used twice, so that a late event finds nothing */
  guint64 seen;   /* the generation at the mark */
  gint64 until;
  gboolean waiting;
  gboolean gone;
  GList link;
};

static void
space_free (gpointer data)
{
  Space *space = data;

  g_queue_clear (&space->waiting);
  g_free (space);
}

static gint
compare_until (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const LuoHubWait *x = a;
  const LuoHubWait *y = b;

  if (x->until != y->until)
    return x->until < y->until ? -1 : 1;
  if (x->number != y->number)
    return x->number < y->number ? -1 : 1;
  return 0;
}

/* With the mutex held. */
static void
nudge (LuoHubWaits *self)
{
  guint64 one = 1;

  if (write (self->event, &one, sizeof one) < 0 && errno != EAGAIN)
    g_warning ("eventfd: %s", g_strerror (errno));
}

/* Takes a waiting feed out of the tables and lets its connection go on. With the mutex held. */
static void
release (LuoHubWait *wait)
{
  LuoHubWaits *self = wait->waits;

  g_tree_remove (self->by_time, wait);
  g_hash_table_remove (self->by_number, &wait->number);
  g_queue_unlink (&wait->space->waiting, &wait->link);
  epoll_ctl (self->epoll, EPOLL_CTL_DEL, wait->fd, NULL);
  wait->waiting = FALSE;
  MHD_resume_connection (wait->connection);
}

/* How long the thread may sleep, after releasing those whose time is up; -1 is for ever. With the mutex held. */
static int
release_due (LuoHubWaits *self)
{
  for (;;)
    {
      GTreeNode *node = g_tree_node_first (self->by_time);
      LuoHubWait *first;
      gint64 now;

      if (node == NULL)
        return -1;
      first = g_tree_node_key (node);
      if (first->until == G_MAXINT64)
        return -1;
      now = g_get_monotonic_time ();
      if (first->until > now)
        return (int)MIN ((first->until - now + 999) / 1000, G_MAXINT);
      release (first);
    }
}

static gpointer
watch_thread (gpointer data)
{
  LuoHubWaits *self = data;
  struct epoll_event events[64];

  g_mutex_lock (&self->mutex);
  while (!self->quit)
    {
      int timeout = release_due (self);
      int n;

      g_mutex_unlock (&self->mutex);
      n = epoll_wait (self->epoll, events, G_N_ELEMENTS (events), timeout);
      g_mutex_lock (&self->mutex);

      for (int i = 0; i < n; i++)
        {
          guint64 number = events[i].data.u64;
          LuoHubWait *wait;

          if (number == SELF_NUMBER)
            {
              guint64 count;

              if (read (self->event, &count, sizeof count) < 0 && errno != EAGAIN)
                g_warning ("eventfd: %s", g_strerror (errno));
              continue;
            }
          wait = g_hash_table_lookup (self->by_number, &number);
          if (wait == NULL)
            continue;
          wait->gone = TRUE;
          release (wait);
        }
    }
  g_mutex_unlock (&self->mutex);
  return NULL;
}

LuoHubWaits *
luo_hub_waits_new (void)
{
  LuoHubWaits *self = g_new0 (LuoHubWaits, 1);
  struct epoll_event event = { .events = EPOLLIN, .data.u64 = SELF_NUMBER };

  g_mutex_init (&self->mutex);
  self->spaces = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, space_free);
  self->by_number = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->by_time = g_tree_new_with_data (compare_until, NULL);
  self->epoll = epoll_create1 (EPOLL_CLOEXEC);
  self->event = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (self->epoll < 0 || self->event < 0 || epoll_ctl (self->epoll, EPOLL_CTL_ADD, self->event, &event) < 0)
    g_error ("epoll: %s", g_strerror (errno));
  self->thread = g_thread_new ("hub-waits", watch_thread, self);
  return self;
}

void
luo_hub_waits_free (LuoHubWaits *self)
{
  if (self == NULL)
    return;
  g_mutex_lock (&self->mutex);
  g_assert (g_hash_table_size (self->by_number) == 0);
  self->quit = TRUE;
  nudge (self);
  g_mutex_unlock (&self->mutex);
  g_thread_join (self->thread);
  close (self->epoll);
  close (self->event);
  g_tree_destroy (self->by_time);
  g_hash_table_unref (self->by_number);
  g_hash_table_unref (self->spaces);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/* With the mutex held. */
static Space *
space_of (LuoHubWaits *self, const char *name)
{
  Space *space = g_hash_table_lookup (self->spaces, name);

  if (space == NULL)
    {
      space = g_new0 (Space, 1);
      g_queue_init (&space->waiting);
      g_hash_table_insert (self->spaces, g_strdup (name), space);
    }
  return space;
}

/* With the mutex held. */
static void
release_space (Space *space)
{
  while (space->waiting.head != NULL)
    release (space->waiting.head->data);
}

void
luo_hub_waits_wake (LuoHubWaits *self, const char *const *spaces)
{
  g_mutex_lock (&self->mutex);
  for (gsize i = 0; spaces != NULL && spaces[i] != NULL; i++)
    {
      Space *space = g_hash_table_lookup (self->spaces, spaces[i]);

      if (space == NULL)
        continue;
      space->generation++;
      release_space (space);
    }
  g_mutex_unlock (&self->mutex);
}

void
luo_hub_waits_set_stopping (LuoHubWaits *self, gboolean stopping)
{
  GHashTableIter iter;
  gpointer space;

  g_mutex_lock (&self->mutex);
  self->stopping = stopping;
  if (stopping)
    {
      g_hash_table_iter_init (&iter, self->spaces);
      while (g_hash_table_iter_next (&iter, NULL, &space))
        release_space (space);
    }
  g_mutex_unlock (&self->mutex);
}

gboolean
luo_hub_waits_is_stopping (LuoHubWaits *self)
{
  gboolean stopping;

  g_mutex_lock (&self->mutex);
  stopping = self->stopping;
  g_mutex_unlock (&self->mutex);
  return stopping;
}

guint
luo_hub_waits_count (LuoHubWaits *self)
{
  guint count;

  g_mutex_lock (&self->mutex);
  count = g_hash_table_size (self->by_number);
  g_mutex_unlock (&self->mutex);
  return count;
}

LuoHubWait *
luo_hub_wait_new (LuoHubWaits *waits, const char *space, struct MHD_Connection *connection)
{
  LuoHubWait *self = g_new0 (LuoHubWait, 1);
  const union MHD_ConnectionInfo *info
      = MHD_get_connection_info (connection, MHD_CONNECTION_INFO_CONNECTION_FD);

  self->waits = waits;
  self->connection = connection;
  self->fd = info->connect_fd;
  self->link.data = self;
  g_mutex_lock (&waits->mutex);
  self->space = space_of (waits, space);
  self->seen = self->space->generation;
  g_mutex_unlock (&waits->mutex);
  return self;
}

void
luo_hub_wait_free (LuoHubWait *self)
{
  if (self == NULL)
    return;
  /* A suspended connection is never freed by libmicrohttpd, so the feed can not be waiting here. */
  g_assert (!self->waiting);
  g_free (self);
}

void
luo_hub_wait_mark (LuoHubWait *self)
{
  g_mutex_lock (&self->waits->mutex);
  self->seen = self->space->generation;
  g_mutex_unlock (&self->waits->mutex);
}

gboolean
luo_hub_wait_suspend (LuoHubWait *self, gint64 until)
{
  LuoHubWaits *waits = self->waits;
  struct epoll_event event = { .events = EPOLLRDHUP | EPOLLONESHOT };
  gboolean suspended = FALSE;

  g_mutex_lock (&waits->mutex);
  if (!self->gone && !waits->stopping && self->seen == self->space->generation
      && until > g_get_monotonic_time ())
    {
      self->number = ++waits->last_number;
      self->until = until;
      event.data.u64 = self->number;
      if (epoll_ctl (waits->epoll, EPOLL_CTL_ADD, self->fd, &event) == 0)
        {
          self->waiting = TRUE;
          g_hash_table_insert (waits->by_number, &self->number, self);
          g_tree_insert (waits->by_time, self, self);
          g_queue_push_tail_link (&self->space->waiting, &self->link);
          MHD_suspend_connection (self->connection);
          suspended = TRUE;
          /* The thread sleeps until the first time it knew of. */
          if (g_tree_node_key (g_tree_node_first (waits->by_time)) == self)
            nudge (waits);
        }
      else
        self->gone = TRUE;
    }
  g_mutex_unlock (&waits->mutex);
  return suspended;
}

gboolean
luo_hub_wait_is_gone (LuoHubWait *self)
{
  gboolean gone;

  g_mutex_lock (&self->waits->mutex);
  gone = self->gone;
  g_mutex_unlock (&self->waits->mutex);
  return gone;
}
