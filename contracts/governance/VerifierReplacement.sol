// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBalanceReport} from "../interfaces/IBalanceReport.sol";
import {IBeaconVerifier} from "../interfaces/IBeaconVerifier.sol";
import {IParameters, Parameter} from "../interfaces/IParameters.sol";
import {IStakingPool} from "../interfaces/IStakingPool.sol";
import {IVerifierReplacement} from "../interfaces/IVerifierReplacement.sol";
import {Wiring} from "../interfaces/Wiring.sol";

/// @title VerifierReplacement
contract VerifierReplacement is IVerifierReplacement {
    uint64 private constant EXPIRY_DAYS = 180;
    uint256 private constant FIRST_CYCLE = 1;

    IParameters public immutable PARAMETERS;
    IStakingPool public immutable POOL;
    IBalanceReport public immutable REPORT;
    address public immutable GOVERNANCE;
    address public immutable GUARDIAN;
    uint64 public immutable DAY;

    /// @dev Silence is measured from here until the first report finishes.
    uint64 public immutable DEPLOYED_AT;

    IBeaconVerifier public current;
    Replacement private _queued;

    /// @inheritdoc IVerifierReplacement
    mapping(IBeaconVerifier verifier => uint64) public cancelledProposalOf;

    modifier onlyGovernance() {
        if (msg.sender != GOVERNANCE) revert Unauthorized(msg.sender);
        _;
    }

    constructor(Wiring memory w, IBeaconVerifier first) {
        PARAMETERS = IParameters(w.parameters);
        POOL = IStakingPool(w.pool);
        REPORT = IBalanceReport(w.report);
        GOVERNANCE = w.governance;
        GUARDIAN = w.guardian;
        DAY = w.day;
        DEPLOYED_AT = uint64(block.timestamp);
        current = first;
        emit VerifierReplaced(IBeaconVerifier(address(0)), first, uint64(block.timestamp));
    }

    /// @inheritdoc IVerifierReplacement
    function queue(IBeaconVerifier verifier) external onlyGovernance {
        if (address(verifier).code.length == 0) revert NoCode(address(verifier));
        if (address(_queued.verifier) != address(0)) revert ReplacementPending(_queued.verifier);
        uint64 cancelled = cancelledProposalOf[verifier];
        // Only what the guardian cancelled counts, *because* governance could queue and withdraw a verifier that nobody has
        // looked at yet, and be free of the guardian the second time.
        bool repeated = cancelled != 0 && block.timestamp >= cancelled + _get(Parameter.ReplacementRepeatSeconds);
        _queued = Replacement(verifier, uint64(block.timestamp), !repeated);
        emit ReplacementQueued(verifier, !repeated);
    }

    /// @inheritdoc IVerifierReplacement
    function withdraw() external onlyGovernance {
        IBeaconVerifier verifier = _queued.verifier;
        if (address(verifier) == address(0)) revert ReplacementNotQueued(verifier);
        delete _queued;
        emit ReplacementWithdrawn(verifier);
    }

    /// @inheritdoc IVerifierReplacement
    function cancel(IBeaconVerifier verifier) external {
        if (msg.sender != GUARDIAN) revert Unauthorized(msg.sender);
        Replacement memory replacement = _queued;
        // Named, *because* governance could put another one in its place while the objection waits to be mined.
        if (address(verifier) == address(0) || address(replacement.verifier) != address(verifier)) {
            revert ReplacementNotQueued(verifier);
        }
        if (!replacement.cancellable) revert ReplacementNotCancellable(verifier);
        if (cancelledProposalOf[verifier] == 0) cancelledProposalOf[verifier] = replacement.queuedAt;
        delete _queued;
        emit ReplacementCancelled(verifier);
    }

    /// @inheritdoc IVerifierReplacement
    function execute() external {
        Replacement memory replacement = _queued;
        if (address(replacement.verifier) == address(0)) revert ReplacementNotQueued(replacement.verifier);
        uint64 readyAt = replacement.queuedAt + _get(Parameter.ReplacementDelaySeconds);
        if (block.timestamp < readyAt) revert ReplacementTooEarly(readyAt);
        uint64 expiredAt = replacement.queuedAt + EXPIRY_DAYS * DAY;
        if (block.timestamp >= expiredAt) revert ReplacementExpired(expiredAt);
        uint64 requestedUntil = replacement.queuedAt + _get(Parameter.ReplacementRequestsSeconds);
        // *Because* a majority of depositors could otherwise have foreign credentials "proven" and take the ETH of those
        // whom the exit queue still holds. Silence is the way out for a proof system that is broken: without reports nothing
        // is filled, and as anyone can finish a report nobody can force it.
        if (!_areRequestsFilled(requestedUntil) && !_areReportsSilent()) {
            revert HoldersLeaving(POOL.oldestOpenCycle(), requestedUntil);
        }

        uint64 quarantineUntil = uint64(block.timestamp) + _get(Parameter.QuarantineSeconds);
        emit VerifierReplaced(current, replacement.verifier, quarantineUntil);
        current = replacement.verifier;
        delete _queued;
        POOL.quarantine(quarantineUntil);
    }

    /// @inheritdoc IVerifierReplacement
    function queued() external view returns (Replacement memory) {
        return _queued;
    }

    /// @dev A cycle takes requests from the moment at which the one before it was closed.
    function _areRequestsFilled(uint64 requestedUntil) private view returns (bool) {
        uint256 oldest = POOL.oldestOpenCycle();
        if (POOL.cycle(oldest).shares == 0) return true;
        return oldest > FIRST_CYCLE && POOL.cycle(oldest - 1).closedAt > requestedUntil;
    }

    function _areReportsSilent() private view returns (bool) {
        uint64 finished = REPORT.lastFinishedAt();
        uint64 since = finished > DEPLOYED_AT ? finished : DEPLOYED_AT;
        return block.timestamp > since + _get(Parameter.ReplacementSilenceSeconds);
    }

    /// @dev Parameters in seconds are far below 64 bits by their bounds.
    function _get(Parameter parameter) private view returns (uint64) {
        return uint64(PARAMETERS.get(parameter));
    }
}
