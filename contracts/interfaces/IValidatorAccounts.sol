// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IValidatorRecords} from "./IValidatorRecords.sol";
import {Gwei} from "../libraries/Units.sol";

/// @title ValidatorAccounts
/// @notice How validators count: the part of ValidatorManager that reports, exits, slashings and set changes build on.
/// @dev Validators are told apart by their beacon index: `accounted` are those whose balance belongs
/// into reports, `special` those of them that must be settled one by one (proven since the last report, a top-up in
/// flight, a request to the execution layer open, leaving, slashed). All others need no storage access of their own
/// in a report.
///
/// Before and after a cut are told apart by `REPORT.number()`, never by time: what happened while the number was n is
/// part of reports n + 1 and later, and of none before.
interface IValidatorAccounts {
    /// @param counts False when the balance is not taken: the validator was proven after the report began, or it is not
    /// known yet whether its top-up still waits in the queue; it must be proven again later.
    /// @param creditedWei Deposits in flight at `start` that this balance holds, or that are given up: take them off.
    /// @param exiting ValidatorExits has to see this balance too: the validator leaves or has a request open.
    struct Settlement {
        bool counts;
        IValidatorRecords.ValidatorState state;
        bytes32 validatorId;
        uint256 creditedWei;
        bool exiting;
    }

    /// @notice A top-up is part of the validator's proven balance, or is given up as never coming.
    event TopUpSettled(bytes32 indexed validatorId, uint256 amountWei, bool arrived);
    event ExitRecorded(bytes32 indexed validatorId);
    event SlashingRecorded(bytes32 indexed validatorId);

    /// @notice No accounted validator has this index.
    error UnknownIndex(uint64 validatorIndex);

    /// @notice Called once per report for each special validator that is proven in it. Credits a top-up that was made
    /// before the report began once balance ≥ stored + amount − amount / 16, then never again. Only BalanceReport.
    /// @dev A top-up in flight of a leaving validator counts until its withdrawable epoch, after it only when
    /// `provePendingTopUp` showed it in the queue since the report began. There is an eighth of a day for that; before it
    /// is over, the balance is not taken without such a proof. Deposits are closed until the top-up is settled.
    /// @param reportNumber `REPORT.number()` of the report that is proven.
    function settle(
        uint64 validatorIndex,
        Gwei balance,
        uint64 reportNumber
    ) external returns (Settlement memory settlement);

    /// @notice An exit was requested for a Proven or Active key. Only ValidatorExits.
    function markExiting(bytes32 validatorId) external;

    /// @notice A request to the execution layer is open for the key, or no more: no top-up meanwhile. Only
    /// ValidatorExits.
    function setRequestOpen(bytes32 validatorId, bool open) external;

    /// @notice A proof shows the accounted key slashed. (A Predeposited one needs `recordExit` first.) Only Slashings.
    function markSlashed(bytes32 validatorId) external;

    /// @notice Gives the set of a consolidation's target the stake of one more key, as it will hold two, or takes it
    /// back. Only ValidatorExits.
    function changeStake(bytes32 validatorId, bool more) external;

    /// @notice Bit i of word w: the validator with beacon index 256·w + i counts.
    function accounted(uint256 word) external view returns (uint256 bits);

    /// @notice Bit i of word w: that validator must be settled in each report.
    function special(uint256 word) external view returns (uint256 bits);

    /// @notice Both of the validators with indices from 128·g to 128·g + 127, which lie in one slot.
    function groupOf(uint256 groupId) external view returns (uint128 accountedBits, uint128 specialBits);

    /// @notice Number of bits set in `accounted`.
    function accountedCount() external view returns (uint256);

    /// @notice Deposits on their way that no proven balance holds: 1 ETH for each Predeposited key, and top-ups.
    function inFlightWei() external view returns (uint256);

    /// @notice Leaving validators that have a top-up in flight: deposits are closed while there are any.
    function leavingTopUps() external view returns (uint256);

    /// @notice Key of an accounted index; 0 for others.
    function validatorIdAt(uint64 validatorIndex) external view returns (bytes32 validatorId);

    /// @notice Keys of the set from KeyVerified on that have not ended (as Withdrawn, Foreign or Expired).
    function liveKeyCount(uint256 setId) external view returns (uint256);
}
