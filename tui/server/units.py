"""The systemd units: the session host, the nightly work, and the clocks."""

from __future__ import annotations

from collections.abc import Mapping

from tui.server.layout import Layout
from tui.server.scripts import front_door


def units(layout: Layout) -> Mapping[str, str]:
    """The text of each unit by its name."""
    keeper, name = layout.script("duijie"), layout.account
    metrics = layout.metrics / "duijie.prom"
    return {
        f"{name}-host.service": _host(layout),
        f"{name}-nightly.service": _once(
            layout,
            "back up, prove, note the head of the chain, metrics",
            f"{keeper} server nightly --metrics {metrics}",
            "Nice=10\nIOSchedulingClass=idle\nTimeoutStartSec=2h\n",
        ),
        f"{name}-nightly.timer": _timer("every night", "*-*-* 02:15:00"),
        f"{name}-clocks.service": _once(
            layout,
            "end what is over, then metrics",
            f"{keeper} clocks run\nExecStart={keeper} metrics --output {metrics}",
            "TimeoutStartSec=4min\n",
        ),
        f"{name}-clocks.timer": _timer("every five minutes", "*:0/5"),
    }


def enabled(layout: Layout) -> tuple[str, ...]:
    """The units that begin with the machine."""
    return tuple(
        f"{layout.account}-{name}" for name in ("host.service", "nightly.timer", "clocks.timer")
    )


def _host(layout: Layout) -> str:
    """The session host.

    Its children are people's desks, so only the host itself is stopped or started anew (KillMode), and one
    desk that takes too much memory ends alone (OOMPolicy). They see the same /tmp as before a restart.
    """
    return f"""\
[Unit]
Description=duijie: session host
After=network.target postgresql.service
{_condition(layout)}
[Service]
Type=exec
ExecStart={front_door(layout, "host")}
KillMode=process
OOMPolicy=continue
Restart=on-failure
RestartSec=2
RuntimeDirectory={layout.account}
RuntimeDirectoryMode=0700
RuntimeDirectoryPreserve=restart
MemoryMax=80%
TasksMax=4096
{_sandbox(layout)}
[Install]
WantedBy=multi-user.target
"""


def _once(layout: Layout, what: str, run: str, more: str) -> str:
    return f"""\
[Unit]
Description=duijie: {what}
After=network.target postgresql.service
{_condition(layout)}
[Service]
Type=oneshot
ExecStart={run}
{more}PrivateTmp=yes
{_sandbox(layout)}"""


def _timer(when: str, calendar: str) -> str:
    return f"""\
[Unit]
Description=duijie: {when}

[Timer]
OnCalendar={calendar}
Persistent=true

[Install]
WantedBy=timers.target
"""


def _condition(layout: Layout) -> str:
    """A unit waits until there is a store; of a server that is not known."""
    return f"ConditionPathExists={layout.store}\n" if layout.store_folder else ""


def _sandbox(layout: Layout) -> str:
    folders = {layout.home, layout.metrics, *filter(None, [layout.store_folder])}
    return f"""\
User={layout.account}
Group={layout.account}
WorkingDirectory={layout.home}
UMask=0077
NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=strict
ReadWritePaths={" ".join(sorted(map(str, folders)))}
ProtectHome=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
RestrictSUIDSGID=yes
RestrictRealtime=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
LockPersonality=yes
SystemCallArchitectures=native
"""
