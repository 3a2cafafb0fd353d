// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IOperatorSets} from "../interfaces/IOperatorSets.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {SeatBonds} from "./SeatBonds.sol";

/// @title OperatorSets
contract OperatorSets is IOperatorSets, SeatBonds {
    using SafeCast for uint256;

    struct OperatorSet {
        uint32[7] operatorIds;
        uint96 stakeWei;
        uint96 capacityWei;
        uint32 configuration;
        bool suspended;
    }

    uint256 public constant SEATS = 7;
    uint256 public constant THRESHOLD = 4;
    uint256 public constant QUORUM = 5;
    uint256 private constant MAX_SET_STAKE_WEI = 50_000 ether;

    address public immutable governance;
    address public immutable VALIDATOR_MANAGER;

    /// @dev Stake that one key brings. Capacity is counted in whole keys, *because* a set with room for half a key would sit
    /// below the average for ever and keep the others from taking keys.
    uint256 public immutable KEY_STAKE_WEI;

    uint256 public setCount;
    uint256 public totalStakeWei;
    uint256 public totalCapacityWei;
    mapping(uint256 setId => OperatorSet) private _sets;
    mapping(uint256 operatorId => bool) public isListed;

    modifier onlyGovernance() {
        if (msg.sender != governance) revert Unauthorized(msg.sender);
        _;
    }

    modifier onlyValidatorManager() {
        if (msg.sender != VALIDATOR_MANAGER) revert Unauthorized(msg.sender);
        _;
    }

    constructor(Wiring memory w, uint256 keyStakeWei) SeatBonds(w) {
        governance = w.governance;
        VALIDATOR_MANAGER = w.manager;
        KEY_STAKE_WEI = keyStakeWei;
    }

    /// @inheritdoc IOperatorSets
    function setListed(uint256 operatorId, bool listed) external onlyGovernance {
        // Reverts for an operator that does not exist.
        REGISTRY.operator(operatorId);
        isListed[operatorId] = listed;
        emit OperatorListed(operatorId, listed);
    }

    /// @inheritdoc IOperatorSets
    function formSet(uint256[7] calldata operatorIds) external onlyGovernance returns (uint256 setId) {
        uint256 listed;
        setId = ++setCount;
        OperatorSet storage formed = _sets[setId];
        for (uint256 i = 0; i < SEATS; i++) {
            uint256 operatorId = operatorIds[i];
            REGISTRY.operator(operatorId);
            for (uint256 j = 0; j < i; j++) {
                if (operatorIds[j] == operatorId) revert DuplicateOperator(operatorId);
            }
            if (isListed[operatorId]) listed++;
            formed.operatorIds[i] = operatorId.toUint32();
            _takeSeat(operatorId);
        }
        // Open seats alone must never sign, because a hundred refundable identities would soon fill four of seven.
        if (listed < THRESHOLD) revert TooFewListed(listed, THRESHOLD);
        emit SetFormed(setId, 0, operatorIds);
        _recordCapacity(setId);
    }

    /// @inheritdoc IOperatorSets
    function refreshCapacity(uint256 setId) external returns (uint256) {
        return _recordCapacity(setId);
    }

    /// @inheritdoc IOperatorSets
    function assignStake(uint256 setId, uint256 amountWei) external onlyValidatorManager {
        uint256 capacity = _recordCapacity(setId);
        uint256 stake = _sets[setId].stakeWei;
        if (!_isAtMostAverage(stake, capacity, totalCapacityWei)) revert StakeAboveAverage(setId);
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
            totalStakeWei -= target.stakeWei;
            totalCapacityWei -= target.capacityWei;
        } else {
            totalStakeWei += target.stakeWei;
            totalCapacityWei += target.capacityWei;
        }
        emit SetSuspended(setId, suspended);
    }

    /// @inheritdoc IOperatorSets
    function members(uint256 setId) public view returns (uint256[7] memory operatorIds) {
        uint32[7] memory packed = _set(setId).operatorIds;
        for (uint256 i = 0; i < SEATS; i++) {
            operatorIds[i] = packed[i];
        }
    }

    /// @inheritdoc IOperatorSets
    function configuration(uint256 setId) external view returns (uint64) {
        return _set(setId).configuration;
    }

    /// @inheritdoc IOperatorSets
    function isMember(uint256 setId, uint256 operatorId) external view returns (bool) {
        uint256[7] memory operatorIds = members(setId);
        for (uint256 i = 0; i < SEATS; i++) {
            if (operatorIds[i] == operatorId) return true;
        }
        return false;
    }

    /// @inheritdoc IOperatorSets
    function isSuspended(uint256 setId) external view returns (bool) {
        return _set(setId).suspended;
    }

    /// @inheritdoc IOperatorSets
    function seatNodeKey(uint256 setId, uint256 seat) external view returns (address) {
        if (seat == 0 || seat > SEATS) revert InvalidSeat(seat);
        return seatNodeKeys(setId)[seat - 1];
    }

    /// @inheritdoc IOperatorSets
    function seatNodeKeys(uint256 setId) public view returns (address[7] memory) {
        return REGISTRY.nodeKeysOf(members(setId));
    }

    /// @inheritdoc IOperatorSets
    function stakeWei(uint256 setId) external view returns (uint256) {
        return _set(setId).stakeWei;
    }

    /// @inheritdoc IOperatorSets
    function capacityWei(uint256 setId) public view returns (uint256 capacity) {
        uint256 stake = _set(setId).stakeWei;
        uint256[7] memory operatorIds = members(setId);
        capacity = MAX_SET_STAKE_WEI;
        for (uint256 i = 0; i < SEATS; i++) {
            uint256 seatCapacity = _seatCapacityWei(operatorIds[i], stake);
            if (seatCapacity < capacity) capacity = seatCapacity;
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
        uint256 total = asked.suspended ? totalCapacityWei : totalCapacityWei - asked.capacityWei + capacity;
        return _isAtMostAverage(asked.stakeWei, capacity, total) && asked.stakeWei + amountWei <= capacity;
    }

    /// @dev stake ÷ capacity ≤ total stake ÷ total capacity. A suspended set is compared with the average of the others.
    function _isAtMostAverage(uint256 stake, uint256 capacity, uint256 totalCapacity) private view returns (bool) {
        return stake * totalCapacity <= totalStakeWei * capacity;
    }

    function _recordCapacity(uint256 setId) private returns (uint256 capacity) {
        OperatorSet storage target = _set(setId);
        capacity = capacityWei(setId);
        if (capacity == target.capacityWei) return capacity;
        if (!target.suspended) totalCapacityWei = totalCapacityWei - target.capacityWei + capacity;
        // Fits: at most MAX_SET_STAKE_WEI.
        target.capacityWei = uint96(capacity);
        emit CapacityChanged(setId, capacity);
    }

    function _changeStake(uint256 setId, uint256 newStakeWei) private {
        OperatorSet storage target = _sets[setId];
        uint256 oldStakeWei = target.stakeWei;
        if (!target.suspended) totalStakeWei = totalStakeWei - oldStakeWei + newStakeWei;
        target.stakeWei = newStakeWei.toUint96();
        for (uint256 i = 0; i < SEATS; i++) {
            _changeSeatStake(target.operatorIds[i], oldStakeWei, newStakeWei);
        }
        emit StakeChanged(setId, newStakeWei);
    }

    function _set(uint256 setId) private view returns (OperatorSet storage) {
        if (setId == 0 || setId > setCount) revert SetNotFound(setId);
        return _sets[setId];
    }
}
