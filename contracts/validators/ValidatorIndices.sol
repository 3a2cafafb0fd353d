// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ValidatorLedger} from "./ValidatorLedger.sol";

/// @title ValidatorIndices
/// @dev Which beacon indices count in reports, 128 to a slot, *because* a report of many validators must not read a
/// slot for each of them.
abstract contract ValidatorIndices is ValidatorLedger {
    /// @dev One slot.
    struct Group {
        uint128 accounted;
        uint128 special;
    }

    uint64 internal constant GROUP_SIZE = 128;

    mapping(uint256 groupId => Group) internal _groups;
    mapping(uint64 validatorIndex => bytes32) internal _validatorIds;

    /// @dev Special as well: an older report that is open must not take it for one of its own.
    function _account(uint64 validatorIndex, bytes32 validatorId) internal {
        (Group storage group, uint128 mask) = _locate(validatorIndex);
        group.accounted |= mask;
        group.special |= mask;
        _validatorIds[validatorIndex] = validatorId;
        _totals.accountedCount++;
    }

    function _forget(uint64 validatorIndex) internal {
        (Group storage group, uint128 mask) = _locate(validatorIndex);
        group.accounted &= ~mask;
        group.special &= ~mask;
        delete _validatorIds[validatorIndex];
        _totals.accountedCount--;
    }

    function _markSpecial(uint64 validatorIndex) internal {
        (Group storage group, uint128 mask) = _locate(validatorIndex);
        group.special |= mask;
    }

    function _unmarkSpecial(uint64 validatorIndex) internal {
        (Group storage group, uint128 mask) = _locate(validatorIndex);
        group.special &= ~mask;
    }

    function _locate(uint64 validatorIndex) private view returns (Group storage group, uint128 mask) {
        group = _groups[validatorIndex / GROUP_SIZE];
        mask = uint128(1) << (validatorIndex % GROUP_SIZE);
    }
}
