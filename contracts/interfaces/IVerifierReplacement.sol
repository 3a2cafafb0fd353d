// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBeaconVerifier} from "./IBeaconVerifier.sol";

/// @title VerifierReplacement
/// @notice Holds the verifier in force, the one part of the system that can be replaced, and the only way to replace
/// it.
/// @dev A verifier decides what the beacon chain says. A majority of depositors that chose it alone could "prove"
/// keys with foreign credentials and have them topped up with everybody's ETH. So a replacement waits until everyone
/// who wants to leave has left, and after it no ETH goes to validators for another while. Durations are parameters of
/// which governance can lengthen, but not shorten, each below its default.
interface IVerifierReplacement {
    /// @param verifier Zero when nothing is queued.
    /// @param queuedAt Unix seconds.
    /// @param cancellable False when the guardian has cancelled the same verifier ReplacementRepeatSeconds (60 days) or
    /// longer before it was queued again.
    struct Replacement {
        IBeaconVerifier verifier;
        uint64 queuedAt;
        bool cancellable;
    }

    event ReplacementQueued(IBeaconVerifier indexed verifier, bool cancellable);

    /// @notice By the guardian.
    event ReplacementCancelled(IBeaconVerifier indexed verifier);

    /// @notice By governance itself.
    event ReplacementWithdrawn(IBeaconVerifier indexed verifier);

    event VerifierReplaced(IBeaconVerifier indexed previous, IBeaconVerifier indexed next, uint64 quarantineUntil);

    error Unauthorized(address caller);

    /// @notice There is no contract at the address.
    error NoCode(address verifier);

    /// @notice Another replacement is queued; withdraw it first.
    error ReplacementPending(IBeaconVerifier verifier);

    /// @notice Nothing is queued, or something else than what was named.
    error ReplacementNotQueued(IBeaconVerifier verifier);

    /// @notice The guardian had cancelled this verifier before; it has one objection to each.
    error ReplacementNotCancellable(IBeaconVerifier verifier);

    error ReplacementTooEarly(uint64 readyAt);

    /// @notice 180 days passed since it was queued: holders who came since then never had their time to leave.
    error ReplacementExpired(uint64 expiredAt);

    /// @notice Redemptions requested up to `requestedUntil` are not all filled, and a report finished within
    /// ReplacementSilenceSeconds.
    error HoldersLeaving(uint256 oldestOpenCycle, uint64 requestedUntil);

    /// @notice Queues a replacement. Only governance.
    function queue(IBeaconVerifier verifier) external;

    /// @notice Takes the queued replacement back. Only governance.
    function withdraw() external;

    /// @notice Objects to the queued replacement. Only the Guardian contract.
    function cancel(IBeaconVerifier verifier) external;

    /// @notice Puts the queued verifier in force and the pool in quarantine. Anyone, once ReplacementDelaySeconds (30
    /// days) have passed and either all redemptions requested up to ReplacementRequestsSeconds (14 days) after it was
    /// queued are filled, or no report has finished for ReplacementSilenceSeconds (21 days).
    function execute() external;

    /// @notice The verifier that all proofs go through.
    function current() external view returns (IBeaconVerifier);

    function queued() external view returns (Replacement memory);

    /// @notice When a verifier was queued that the guardian cancelled, Unix seconds; the first time counts.
    function cancelledProposalOf(IBeaconVerifier verifier) external view returns (uint64 queuedAt);
}
