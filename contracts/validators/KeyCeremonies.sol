// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {KeySubmissions} from "./KeySubmissions.sol";
import {ValidatorLedger} from "./ValidatorLedger.sol";

/// @title KeyCeremonies
/// @dev Requests and submissions of keys. Part of ValidatorManager, which runs this code on its own storage (and with
/// its own address in the EIP-712 domain); called directly it knows no request and may call nobody.
contract KeyCeremonies is KeySubmissions {
    constructor(Wiring memory w, Parameters memory parameters) ValidatorLedger(w, parameters) EIP712("Septet", "1") {}
}
