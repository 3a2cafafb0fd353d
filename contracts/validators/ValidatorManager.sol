// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {KeySubmissions} from "./KeySubmissions.sol";
import {ValidatorDeposits} from "./ValidatorDeposits.sol";
import {ValidatorLedger} from "./ValidatorLedger.sol";
import {ValidatorProofs} from "./ValidatorProofs.sol";

/// @title ValidatorManager
/// @dev KeyRequests → KeySubmissions → ValidatorDeposits (1 ETH) → ValidatorProofs → ValidatorDeposits (the rest) →
/// ValidatorProofs: read them in this order.
contract ValidatorManager is KeySubmissions, ValidatorDeposits, ValidatorProofs {
    constructor(Wiring memory w, Parameters memory parameters) ValidatorLedger(w, parameters) EIP712("Septet", "1") {}

    /// @dev ETH passes through on its way from the pool to the deposit contract and never stays.
    receive() external payable {
        if (msg.sender != address(POOL)) revert Unauthorized(msg.sender);
    }
}
