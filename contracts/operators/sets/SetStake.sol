// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IOperatorSets} from "../../interfaces/IOperatorSets.sol";
import {ISeatReserves} from "../../interfaces/ISeatReserves.sol";
import {Parameter} from "../../interfaces/IParameters.sol";
import {SeatBonds} from "./SeatBonds.sol";

/// @title SetStake
/// @dev Stake is spread by running sums: no call loops over sets or keys.
abstract contract SetStake is SeatBonds {
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
    function capacityWei(uint256 setId) public view returns (uint256 capacity) {
        OperatorSet memory asked = _set(setId);
        uint8 left = _seatsLeftOut(setId, asked.emptied);
        // A fault's seat that nobody replaced in time has no bond.
        if (left != asked.emptied) return 0;
        Terms memory terms = _terms();
        Account[7] memory accounts = _accountsOf(members(setId), terms);
        capacity = _parameter(Parameter.MaxSetStakeWei);
        for (uint256 i = 0; i < SEATS; i++) {
            if (left & (1 << i) != 0) continue;
            uint256 required = _seatsWei(accounts[i].owed, terms);
            uint256 available = accounts[i].availableWei;
            capacity = Math.min(capacity, _seatCapacityWei(asked.stakeWei, available, required, terms.stakeBps));
        }
        capacity -= capacity % KEY_STAKE_WEI;
    }

    /// @inheritdoc IOperatorSets
    function canTakeKey(uint256 setId) external view returns (bool) {
        return canTakeStake(setId, KEY_STAKE_WEI);
    }

    /// @inheritdoc IOperatorSets
    function canTakeStake(uint256 setId, uint256 amountWei) public view returns (bool) {
        OperatorSet storage asked = _set(setId);
        uint256 capacity = capacityWei(setId);
        Totals memory totals = _totals;
        uint256 total = asked.suspended ? totals.capacityWei : totals.capacityWei - asked.capacityWei + capacity;
        return _isAtMostAverage(asked.stakeWei, capacity, total) && asked.stakeWei + amountWei <= capacity;
    }

    function _recordCapacity(uint256 setId) internal returns (uint256 capacity) {
        OperatorSet storage target = _set(setId);
        capacity = capacityWei(setId);
        uint256 recorded = target.capacityWei;
        if (capacity == recorded) return capacity;
        if (!target.suspended) _totals.capacityWei = (_totals.capacityWei - recorded + capacity).toUint128();
        target.capacityWei = capacity.toUint80();
        emit CapacityChanged(setId, capacity);
    }

    function _changeStake(uint256 setId, uint256 newStakeWei) internal {
        OperatorSet storage target = _sets[setId];
        if (!target.suspended) _totals.stakeWei = (_totals.stakeWei - target.stakeWei + newStakeWei).toUint128();
        target.stakeWei = newStakeWei.toUint80();
        emit StakeChanged(setId, newStakeWei);
    }

    /// @dev Seats emptied by a fault don't count while there is time to replace them; 0 when that time is over.
    function _seatsLeftOut(uint256 setId, uint8 emptied) internal view returns (uint8) {
        if (emptied == 0) return 0;
        uint256 until = _clocks[setId].emptiedAt + _parameter(Parameter.ShortfallSeconds);
        return block.timestamp < until ? emptied : 0;
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

    /// @dev Stake that a set with `stake` could have if this seat alone decided.
    function _seatCapacityWei(
        uint256 stake,
        uint256 bondWei,
        uint256 requiredWei,
        uint256 stakeBps
    ) private pure returns (uint256) {
        if (bondWei >= requiredWei) return stake + Math.mulDiv(bondWei - requiredWei, BPS, stakeBps);
        uint256 missing = Math.mulDiv(requiredWei - bondWei, BPS, stakeBps, Math.Rounding.Ceil);
        return Math.saturatingSub(stake, missing);
    }
}
