// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBeaconVerifier} from "../interfaces/IBeaconVerifier.sol";
import {IVerifierReplacement} from "../interfaces/IVerifierReplacement.sol";
import {Wiring} from "../interfaces/Wiring.sol";

/// @title VerifierReplacement
contract VerifierReplacement is IVerifierReplacement {
    uint64 public immutable DAY;

    IBeaconVerifier public current;

    constructor(Wiring memory w, IBeaconVerifier first) {
        DAY = w.day;
        current = first;
    }
}
