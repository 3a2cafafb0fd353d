// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IOperatorBonds} from "../../interfaces/IOperatorBonds.sol";
import {IOperatorSets} from "../../interfaces/IOperatorSets.sol";
import {IParameters, Parameter} from "../../interfaces/IParameters.sol";
import {IStakingPool} from "../../interfaces/IStakingPool.sol";
import {Wiring} from "../../interfaces/Wiring.sol";
import {RegistryLedger} from "./RegistryLedger.sol";

/// @title OperatorBonds
/// @dev Shares come in by anyone and go out in two ways only: by a charge, or after the cooldown as far as nothing holds
/// them.
abstract contract OperatorBonds is RegistryLedger {
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    struct Bond {
        uint96 shares;
        uint96 unbonding;
        uint40 withdrawableAt;
    }

    IStakingPool public immutable POOL;
    IOperatorSets public immutable SETS;
    IParameters public immutable PARAMETERS;
    address private immutable COURT;
    address private immutable SLASHINGS;
    address private immutable FEES;

    mapping(uint256 operatorId => Bond) private _bonds;

    constructor(Wiring memory w) {
        POOL = IStakingPool(w.pool);
        SETS = IOperatorSets(w.sets);
        PARAMETERS = IParameters(w.parameters);
        COURT = w.court;
        SLASHINGS = w.slashings;
        FEES = w.fees;
    }

    /// @inheritdoc IOperatorBonds
    function bond(uint256 operatorId, uint256 shares) external {
        if (shares == 0) revert ZeroAmount();
        _addBond(operatorId, shares);
        IERC20(address(POOL)).safeTransferFrom(msg.sender, address(this), shares);
    }

    /// @inheritdoc IOperatorBonds
    function bondEther(uint256 operatorId) external payable returns (uint256 shares) {
        shares = POOL.deposit{value: msg.value}(msg.value, address(this));
        _addBond(operatorId, shares);
    }

    /// @inheritdoc IOperatorBonds
    function requestUnbond(uint256 operatorId, uint256 shares) external onlyOwner(operatorId) {
        Bond storage held = _bonds[operatorId];
        // What only seats that were left still hold may be asked for now, *because* both clocks may run at once.
        (uint256 seatShares, ) = SETS.lockedSharesOf(operatorId);
        uint256 free = Math.saturatingSub(held.shares, seatShares);
        if (shares > free) revert BondLocked(operatorId, shares, free);
        uint64 withdrawableAt = uint64(block.timestamp + PARAMETERS.get(Parameter.BondCooldownSeconds));
        // Fits: at most the bond.
        held.unbonding = uint96(shares);
        held.withdrawableAt = uint40(withdrawableAt);
        emit UnbondRequested(operatorId, shares, withdrawableAt);
    }

    /// @inheritdoc IOperatorBonds
    function withdrawBond(
        uint256 operatorId,
        address receiver
    ) external onlyOwner(operatorId) returns (uint256 shares) {
        if (receiver == address(0)) revert ZeroAddress();
        shares = POOL.closedAt() != 0 ? _bonds[operatorId].shares : _withdrawable(operatorId);
        if (shares == 0) revert ZeroAmount();
        Bond storage held = _bonds[operatorId];
        // Fits: at most the bond.
        held.shares -= uint96(shares);
        held.unbonding = uint96(Math.saturatingSub(held.unbonding, shares));
        emit BondWithdrawn(operatorId, receiver, shares);
        IERC20(address(POOL)).safeTransfer(receiver, shares);
    }

    /// @inheritdoc IOperatorBonds
    function charge(
        uint256 operatorId,
        uint256 shares,
        address reporter,
        uint256 reporterShares
    ) external returns (uint256 taken) {
        if (msg.sender != COURT && msg.sender != SLASHINGS && msg.sender != FEES && msg.sender != address(SETS)) {
            revert Unauthorized(msg.sender);
        }
        Bond storage held = _bonds[operatorId];
        taken = Math.min(shares, held.shares);
        if (taken == 0) return 0;
        uint256 rewarded = reporter == address(0) ? 0 : Math.mulDiv(Math.min(reporterShares, shares), taken, shares);
        // Fits: at most the bond.
        held.shares -= uint96(taken);
        if (held.unbonding > held.shares) held.unbonding = held.shares;
        emit BondCharged(operatorId, taken, reporter, rewarded);
        if (taken > rewarded) POOL.burnBond(taken - rewarded);
        if (rewarded > 0) IERC20(address(POOL)).safeTransfer(reporter, rewarded);
    }

    /// @inheritdoc IOperatorBonds
    function bondOf(uint256 operatorId) external view returns (uint256) {
        return _bonds[operatorId].shares;
    }

    /// @inheritdoc IOperatorBonds
    function bondsOf(
        uint256[7] calldata operatorIds
    ) external view returns (uint256[7] memory shares, uint256[7] memory unbonding) {
        for (uint256 i = 0; i < operatorIds.length; i++) {
            Bond memory held = _bonds[operatorIds[i]];
            (shares[i], unbonding[i]) = (held.shares, held.unbonding);
        }
    }

    /// @inheritdoc IOperatorBonds
    function unbondingOf(uint256 operatorId) external view returns (uint256 shares, uint64 withdrawableAt) {
        Bond memory held = _bonds[operatorId];
        return (held.unbonding, held.withdrawableAt);
    }

    /// @inheritdoc IOperatorBonds
    function freeBondOf(uint256 operatorId) external view returns (uint256) {
        Bond memory held = _bonds[operatorId];
        (uint256 seatShares, uint256 leavingShares) = SETS.lockedSharesOf(operatorId);
        return Math.saturatingSub(held.shares, seatShares + Math.max(leavingShares, held.unbonding));
    }

    function _addBond(uint256 operatorId, uint256 shares) private {
        _requireOperator(operatorId);
        _bonds[operatorId].shares = (_bonds[operatorId].shares + shares).toUint96();
        emit Bonded(operatorId, shares);
    }

    /// @dev What holds the bond is asked again: a stake that grew, or a rate that fell since the request, counts.
    function _withdrawable(uint256 operatorId) private view returns (uint256) {
        Bond memory held = _bonds[operatorId];
        if (block.timestamp < held.withdrawableAt) revert CooldownRuns(operatorId, held.withdrawableAt);
        (uint256 seatShares, uint256 leavingShares) = SETS.lockedSharesOf(operatorId);
        return Math.min(held.unbonding, Math.saturatingSub(held.shares, seatShares + leavingShares));
    }
}
