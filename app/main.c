/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <locale.h>

#include "luo-application.h"

int
main (int argc, char **argv)
{
  g_autoptr (LuoApplication) application = NULL;
  const char *locale_folder = g_getenv ("LUOSHI_LOCALEDIR");

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, locale_folder != NULL ? locale_folder : LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  application = luo_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
