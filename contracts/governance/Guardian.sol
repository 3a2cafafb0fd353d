// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBeaconVerifier} from "../interfaces/IBeaconVerifier.sol";
import {IGuardian} from "../interfaces/IGuardian.sol";
import {IParameters, Parameter} from "../interfaces/IParameters.sol";
import {IStakingPool} from "../interfaces/IStakingPool.sol";
import {IVerifierReplacement} from "../interfaces/IVerifierReplacement.sol";
import {Wiring} from "../interfaces/Wiring.sol";

/// @title Guardian
contract Guardian is IGuardian {
    IParameters public immutable PARAMETERS;
    IStakingPool public immutable POOL;
    IVerifierReplacement public immutable VERIFIERS;
    address public immutable GOVERNANCE;

    address public guardian;
    bool public canPause = true;
    uint64 public renewals;

    modifier onlyGovernance() {
        if (msg.sender != GOVERNANCE) revert Unauthorized(msg.sender);
        _;
    }

    modifier onlyGuardian() {
        if (msg.sender != guardian) revert Unauthorized(msg.sender);
        _;
    }

    /// @param first The first guardian, or zero for none.
    constructor(Wiring memory w, address first) {
        PARAMETERS = IParameters(w.parameters);
        POOL = IStakingPool(w.pool);
        VERIFIERS = IVerifierReplacement(w.verifiers);
        GOVERNANCE = w.governance;
        guardian = first;
        emit GuardianChanged(first);
    }

    /// @inheritdoc IGuardian
    function pause(uint64 until) external onlyGuardian {
        if (!canPause) revert PauseUsed();
        uint64 latest = uint64(block.timestamp + PARAMETERS.get(Parameter.PauseMaximumSeconds));
        if (until <= block.timestamp || until > latest) revert InvalidPause(until, latest);
        canPause = false;
        emit Paused(until);
        POOL.pause(until);
    }

    /// @inheritdoc IGuardian
    function endPause() external {
        if (msg.sender != guardian && msg.sender != GOVERNANCE) revert Unauthorized(msg.sender);
        emit PauseEnded();
        POOL.pause(uint64(block.timestamp));
    }

    /// @inheritdoc IGuardian
    function renew() external onlyGovernance {
        canPause = true;
        renewals++;
        emit PauseRenewed(renewals);
    }

    /// @inheritdoc IGuardian
    function setGuardian(address account) external onlyGovernance {
        guardian = account;
        emit GuardianChanged(account);
    }

    /// @inheritdoc IGuardian
    function cancelReplacement(IBeaconVerifier verifier) external onlyGuardian {
        VERIFIERS.cancel(verifier);
    }
}
