// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IKeyRequests} from "./IKeyRequests.sol";
import {IKeySubmissions} from "./IKeySubmissions.sol";
import {IValidatorAccounts} from "./IValidatorAccounts.sol";
import {IValidatorDeposits} from "./IValidatorDeposits.sol";
import {IValidatorEndings} from "./IValidatorEndings.sol";
import {IValidatorErrors} from "./IValidatorErrors.sol";
import {IValidatorProofs} from "./IValidatorProofs.sol";
import {IValidatorRecords} from "./IValidatorRecords.sol";

/// @title ValidatorManager
/// @notice Takes a validator from a key request to an active validator: request → seven operators make a key → the
/// key is verified here → 1 ETH predeposit → proof that the key exists with our credentials → top-up → active; then
/// to its end. Every step may be called by anyone; nobody is trusted.
/// @dev No principal is ever at risk but the 1 ETH of a predeposit, and that is reserved from the operators' bonds.
interface IValidatorManager is
    IValidatorRecords,
    IValidatorErrors,
    IKeyRequests,
    IKeySubmissions,
    IValidatorDeposits,
    IValidatorProofs,
    IValidatorEndings,
    IValidatorAccounts
{
    /// @notice Whether `requestKeys` would accept this request now.
    function canRequestKeys(uint256 setId, uint32 keyCount) external view returns (bool);
}
