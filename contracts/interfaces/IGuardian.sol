// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBeaconVerifier} from "./IBeaconVerifier.sol";

/// @title Guardian
/// @notice One account that may stop deposits and new keys for a short time, and object to a new verifier. It has no other
/// power: redemptions, claims, reports, exits, bond top-ups and rotation go on whatever it does.
/// @dev The account has one pause. It gets another only by a decision of governance, *because* an account that could pause
/// again by itself would pause for ever.
interface IGuardian {
    event GuardianChanged(address indexed guardian);

    /// @notice Deposits and new keys stop until `until`, Unix seconds.
    event Paused(uint64 until);

    /// @notice The pause was ended early.
    event PauseEnded();

    /// @notice Governance gave the guardian another pause, the `renewals`-th.
    event PauseRenewed(uint64 renewals);

    error Unauthorized(address caller);

    /// @notice The one pause was used and governance has given no other.
    error PauseUsed();

    /// @notice A pause ends later than now and at `latest` at most.
    error InvalidPause(uint64 until, uint64 latest);

    /// @notice Stops deposits and new keys until `until`, Unix seconds, at most PauseMaximumSeconds from now. Only the
    /// guardian, once; the same call lengthens a running pause after a renewal.
    function pause(uint64 until) external;

    /// @notice Ends the pause. Only the guardian or governance. The pause stays used.
    function endPause() external;

    /// @notice Gives the guardian another pause; those not used don't add up. Only governance.
    function renew() external;

    /// @notice Names another guardian, or none (zero). Only governance.
    function setGuardian(address account) external;

    /// @notice Cancels the queued replacement of the verifier by `verifier`. Only the guardian.
    function cancelReplacement(IBeaconVerifier verifier) external;

    /// @notice The account, or zero when there is none.
    function guardian() external view returns (address);

    /// @notice True while the guardian has a pause to use.
    function canPause() external view returns (bool);

    /// @notice How many pauses governance has given beside the first.
    function renewals() external view returns (uint64);
}
