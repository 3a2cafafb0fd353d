import { lockDirectory } from "../../services/keystore/directoryLock.ts";

/** A process that holds a directory's lock until it is killed. */
lockDirectory(process.argv[2] ?? "");
process.send?.("locked");
setInterval(() => {}, 60_000);
