/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "luo-cli.h"

int
main (int argc, char *argv[])
{
  return luo_cli_main (argc, argv);
}
