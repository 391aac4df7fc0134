"""How a loop connects and serves: in memory what meets a server of its own run, by real sockets all else."""

from typing import Any

from cellwall.explore.asyncio_private import OpenLoop
from cellwall.explore.network.memory_network import MemoryNetwork


class ConnectedLoop(OpenLoop):
    """A loop whose connections stay in memory while a run is on; else it is the standard library's."""

    network: MemoryNetwork  # of the run; none outside of one, so that a closed loop is no cycle of references

    async def create_connection(
        self, protocol_factory: Any, host: Any = None, port: Any = None, **options: Any
    ) -> Any:
        """Connect to a server of this run in memory, to any other by a real socket."""
        served = self.network.port_of(host, port, options) if self.engaged else None
        if served is not None:
            return await self.network.connect(protocol_factory, served)
        return await super().create_connection(protocol_factory, host, port, **options)

    async def sock_connect(self, sock: Any, address: Any) -> None:
        """Connect a socket; one that meets a server of this run is connected when it becomes a transport."""
        if not (self.engaged and self.network.meets(sock, address)):
            await super().sock_connect(sock, address)

    async def create_server(
        self, protocol_factory: Any, host: Any = None, port: Any = None, **options: Any
    ) -> Any:
        """Serve in memory."""
        if self.engaged and self.network.can_serve(options):
            return self.network.serve(
                protocol_factory, host, port, started=options.get("start_serving", True)
            )
        return await super().create_server(protocol_factory, host, port, **options)
