// Preloaded into every process of a local world: a parent that dies, even by SIGKILL, must not leave its children behind.
// The daemons themselves know nothing of it.
process.channel?.unref();
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
