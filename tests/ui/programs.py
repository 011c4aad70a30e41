# SPDX-License-Identifier: GPL-3.0-or-later
"""The other programs beside the window: a hub, and luoshictl on a replica."""

import subprocess

from window import environment


class Hub:
    def __init__(self, program, folder):
        variables = environment(LUOSHI_PASSWORD='secret')
        subprocess.run([program, '--data', folder, 'user', 'add', 'bureau', '--role', '_admin'], check=True, env=variables,
                       stdout=subprocess.DEVNULL,
                       stdin=subprocess.DEVNULL)
        self.process = subprocess.Popen([program, '--data', folder, 'serve', '--listen', '127.0.0.1:0'], env=variables,
                                        stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        line = ''
        while 'listening on ' not in line:
            line = self.process.stdout.readline()
            if line == '':
                raise SystemExit('the hub did not start')
        self.url = line.split('listening on ')[1].split()[0]

    def stop(self):
        self.process.terminate()
        self.process.wait()


def control(program, replica, *arguments):
    done = subprocess.run([program, '--replica', replica, *arguments], env=environment(LUOSHI_PASSWORD='secret'),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f'luoshictl {arguments} ended with {done.returncode}: {done.stderr}')
    return done.stdout
