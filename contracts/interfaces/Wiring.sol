// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Addresses of all parts of one deployment, known before the first is created (CREATE addresses follow from the
/// deployer's nonces), and the length of its day. Every contract takes the same record and keeps what it needs as
/// immutables: who may call whom is fixed at deployment for ever.
/// @param governance Timelock of the governor (an account of the deployer's choice on a private chain).
/// @param day Seconds: 86,400, less on a private chain. All durations are multiples of it.
struct Wiring {
    address parameters;
    address verifiers;
    address vault;
    address pool;
    address registry;
    address sets;
    address changes;
    address fees;
    address manager;
    address exits;
    address report;
    address slashings;
    address court;
    address guardian;
    address governance;
    uint64 day;
}
