// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IOperatorSets} from "../../interfaces/IOperatorSets.sol";
import {ISeatReserves} from "../../interfaces/ISeatReserves.sol";
import {SetCapacity} from "./SetCapacity.sol";

/// @title SetStake
/// @dev Stake is spread by running sums: no call loops over sets or keys.
abstract contract SetStake is IOperatorSets, SetCapacity {
    using SafeCast for uint256;

    /// @inheritdoc IOperatorSets
    function refreshCapacity(uint256 setId) external returns (uint256) {
        return _recordCapacity(setId);
    }

    /// @inheritdoc IOperatorSets
    function assignStake(uint256 setId, uint256 amountWei) external onlyValidatorManager {
        uint256 capacity = _recordCapacity(setId);
        uint256 stake = _sets[setId].stakeWei;
        if (!_isAtMostAverage(stake, capacity, _totals.capacityWei)) revert StakeAboveAverage(setId);
        if (stake + amountWei > capacity) revert CapacityExceeded(setId, stake + amountWei, capacity);
        _changeStake(setId, stake + amountWei);
    }

    /// @inheritdoc IOperatorSets
    function releaseStake(uint256 setId, uint256 amountWei) external onlyValidatorManager {
        _changeStake(setId, _set(setId).stakeWei - amountWei);
    }

    /// @inheritdoc IOperatorSets
    function setSuspended(uint256 setId, bool suspended) external onlyValidatorManager {
        OperatorSet storage target = _set(setId);
        if (target.suspended == suspended) return;
        target.suspended = suspended;
        if (suspended) {
            _totals.stakeWei -= target.stakeWei;
            _totals.capacityWei -= target.capacityWei;
        } else {
            _totals.stakeWei += target.stakeWei;
            _totals.capacityWei += target.capacityWei;
        }
        emit SetSuspended(setId, suspended);
    }

    /// @inheritdoc ISeatReserves
    function reserve(uint256 setId, uint256 sharesPerSeat) external onlyValidatorManager {
        OperatorSet storage target = _set(setId);
        target.reservedShares = (target.reservedShares + sharesPerSeat).toUint80();
        emit BondReserved(setId, sharesPerSeat);
        _requireReservesCovered(members(setId));
    }

    /// @inheritdoc ISeatReserves
    function release(uint256 setId, uint256 sharesPerSeat) external onlyValidatorManager {
        _sets[setId].reservedShares -= sharesPerSeat.toUint80();
        emit BondReleased(setId, sharesPerSeat);
    }

    /// @inheritdoc ISeatReserves
    function burnReserved(
        uint256 setId,
        uint64 configurationNumber,
        uint256 sharesPerSeat
    ) external onlyValidatorManager {
        _set(setId).reservedShares -= sharesPerSeat.toUint80();
        _clocks[setId].barred = true;
        emit ReservedBurned(setId, configurationNumber, sharesPerSeat);
        uint256[7] memory operatorIds = membersAt(setId, configurationNumber);
        for (uint256 i = 0; i < SEATS; i++) {
            REGISTRY.charge(operatorIds[i], sharesPerSeat, address(0), 0);
        }
    }

    /// @inheritdoc ISeatReserves
    function liftBar(uint256 setId) external onlyGovernance {
        _requireSet(setId);
        _clocks[setId].barred = false;
        emit BarLifted(setId);
    }

    /// @inheritdoc ISeatReserves
    function reservedPerSeat(uint256 setId) external view returns (uint256) {
        return _set(setId).reservedShares;
    }

    /// @inheritdoc IOperatorSets
    function isSuspended(uint256 setId) external view returns (bool) {
        return _set(setId).suspended;
    }

    /// @inheritdoc IOperatorSets
    function stakeWei(uint256 setId) external view returns (uint256) {
        return _set(setId).stakeWei;
    }

    /// @inheritdoc IOperatorSets
    function totalStakeWei() external view returns (uint256) {
        return _totals.stakeWei;
    }

    /// @inheritdoc IOperatorSets
    function totalCapacityWei() external view returns (uint256) {
        return _totals.capacityWei;
    }

    /// @inheritdoc IOperatorSets
    function capacityWei(uint256 setId) external view returns (uint256) {
        return _capacityWei(setId);
    }

    /// @inheritdoc IOperatorSets
    function canTakeKey(uint256 setId) external view returns (bool) {
        return canTakeStake(setId, KEY_STAKE_WEI);
    }

    /// @inheritdoc IOperatorSets
    function canTakeStake(uint256 setId, uint256 amountWei) public view returns (bool) {
        OperatorSet storage asked = _set(setId);
        uint256 capacity = _capacityWei(setId);
        Totals memory totals = _totals;
        uint256 total = asked.suspended ? totals.capacityWei : totals.capacityWei - asked.capacityWei + capacity;
        return _isAtMostAverage(asked.stakeWei, capacity, total) && asked.stakeWei + amountWei <= capacity;
    }

    function _changeStake(uint256 setId, uint256 newStakeWei) internal {
        OperatorSet storage target = _sets[setId];
        if (!target.suspended) _totals.stakeWei = (_totals.stakeWei - target.stakeWei + newStakeWei).toUint128();
        target.stakeWei = newStakeWei.toUint80();
        emit StakeChanged(setId, newStakeWei);
    }

    /// @dev A predeposit may eat the seats' base, not the part that covers stake.
    function _requireReservesCovered(uint256[7] memory operatorIds) private view {
        Terms memory terms = _terms();
        Account[7] memory accounts = _accountsOf(operatorIds, terms);
        for (uint256 i = 0; i < SEATS; i++) {
            Owed memory owed = accounts[i].owed;
            uint256 required = _toWeiDown(owed.reservedShares, terms) + owed.stakeBondWei;
            uint256 available = accounts[i].availableWei;
            if (available < required) revert InsufficientBond(operatorIds[i], required, available);
        }
    }

    /// @dev stake ÷ capacity ≤ total stake ÷ total capacity. A suspended set is compared with the average of the others.
    function _isAtMostAverage(uint256 stake, uint256 capacity, uint256 totalCapacity) private view returns (bool) {
        return stake * totalCapacity <= _totals.stakeWei * capacity;
    }
}
