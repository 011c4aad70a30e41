/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "luo-sim-end.h"

#include <dirent.h>
#include <execinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "luo-sim.h"

/* The report of a sanitizer is long, and what stands first in it says most. */
#define ERRORS_MAX 12000
/* The stack of each thread gets so long to be written, in microseconds. */
#define STACK_WAIT 200000

/* Of the sanitizers, where the program is built with them. */
extern void __sanitizer_set_death_callback (void (*callback) (void)) __attribute__ ((weak));
extern void __sanitizer_print_stack_trace (void) __attribute__ ((weak));

static void
print_stack_cb (int number)
{
  static const char head[] = "A thread stands in:\n";
  void *frames[24];

  if (write (STDERR_FILENO, head, sizeof head - 1) < 0)
    return;
  if (__sanitizer_print_stack_trace != NULL)
    __sanitizer_print_stack_trace ();
  else
    backtrace_symbols_fd (frames, backtrace (frames, G_N_ELEMENTS (frames)), STDERR_FILENO);
}

/* Has each thread say where it stands: what a run waits for that goes on too long is nowhere else to be seen. */
static void
print_stacks (void)
{
  DIR *dir = opendir ("/proc/self/task");
  const struct dirent *entry;

  signal (SIGUSR2, print_stack_cb);
  while (dir != NULL && (entry = readdir (dir)) != NULL)
    {
      long thread = strtol (entry->d_name, NULL, 10);

      if (thread > 0 && syscall (SYS_tgkill, getpid (), thread, SIGUSR2) == 0)
        usleep (STACK_WAIT);
    }
  if (dir != NULL)
    closedir (dir);
}

static void
signal_cb (int number)
{
  signal (number, SIG_DFL);
  if (number == SIGALRM)
    print_stacks ();
  luo_sim_print_running ();
  /* The parent sees by which signal. */
  raise (number);
}

int
luo_sim_end_open_errors (void)
{
  return memfd_create ("errors", MFD_CLOEXEC);
}

void
luo_sim_end_prepare (int errors)
{
  static const int numbers[] = { SIGABRT, SIGTRAP, SIGALRM };
  static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL };
  void *frame;

  if (errors >= 0)
    dup2 (errors, STDERR_FILENO);
  /* Its first call loads a library, which must not happen in a signal. */
  backtrace (&frame, 1);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    signal (numbers[i], signal_cb);
  /* A sanitizer says more about these than that they came. */
  if (__sanitizer_set_death_callback != NULL)
    __sanitizer_set_death_callback (luo_sim_print_running);
  else
    for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
      signal (faults[i], signal_cb);
}

void
luo_sim_end_set_limit (guint seconds)
{
  alarm (seconds);
}

static void
print_errors (int errors)
{
  char text[ERRORS_MAX + 1];
  ssize_t length = pread (errors, text, ERRORS_MAX, 0);

  if (length <= 0)
    return;
  text[length] = '\0';
  printf ("%s%s", text, text[length - 1] == '\n' ? "" : "\n");
}

void
luo_sim_end_report (guint32 seed, int status, int errors)
{
  if (errors >= 0)
    {
      print_errors (errors);
      close (errors);
    }
  if (WIFSIGNALED (status) && WTERMSIG (status) == SIGALRM)
    printf ("seed %u FAILED: it never ended\n", seed);
  else if (WIFSIGNALED (status))
    printf ("seed %u FAILED: the process ended by signal %d (%s)\n", seed, WTERMSIG (status),
            strsignal (WTERMSIG (status)));
  else if (WEXITSTATUS (status) != LUO_SIM_FAILED)
    printf ("seed %u FAILED: the process ended with status %d\n", seed, WEXITSTATUS (status));
  fflush (stdout);
}
