/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-sim-entropy.h"

#include <string.h>
#include <unistd.h>

static guint64 state;

void
luo_sim_entropy_set_seed (guint32 seed)
{
  __atomic_store_n (&state, seed, __ATOMIC_SEQ_CST);
}

/* Stands before the C library's of the same name, so that the ids made here are those of the seed. SplitMix64: numbers that differ and
 * are the same again, which is all that is asked for. */
int
getentropy (void *buffer, size_t length)
{
  for (size_t i = 0; i < length; i += sizeof (guint64))
    {
      guint64 mixed = __atomic_add_fetch (&state, G_GUINT64_CONSTANT (0x9e3779b97f4a7c15), __ATOMIC_SEQ_CST);

      mixed = (mixed ^ (mixed >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
      mixed = (mixed ^ (mixed >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
      mixed ^= mixed >> 31;
      memcpy ((guint8 *)buffer + i, &mixed, MIN (sizeof mixed, length - i));
    }
  return 0;
}
