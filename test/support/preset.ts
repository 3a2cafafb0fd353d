// Lodestar reads the preset from the environment at its first import, so this module comes before any that imports it.
process.env["LODESTAR_PRESET"] ??= "minimal";
