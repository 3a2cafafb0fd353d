// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {ISetMembers} from "../../interfaces/ISetMembers.sol";
import {SeatWords} from "./SeatWords.sol";
import {SetLedger} from "./SetLedger.sol";

/// @title SetMembers
/// @dev All members that a set ever had, by configuration, *because* a fault of long ago must still find its operator.
abstract contract SetMembers is SetLedger {
    using Checkpoints for Checkpoints.Trace224;
    using SafeCast for uint256;
    using SeatWords for uint256;
    using SeatWords for uint256[7];

    /// @inheritdoc ISetMembers
    function members(uint256 setId) public view returns (uint256[7] memory) {
        _requireSet(setId);
        return uint256(_members[setId].latest()).unpack();
    }

    /// @inheritdoc ISetMembers
    function membersAt(uint256 setId, uint64 configurationNumber) public view returns (uint256[7] memory) {
        _requireSet(setId);
        return uint256(_members[setId].upperLookupRecent(uint256(configurationNumber).toUint32())).unpack();
    }

    /// @inheritdoc ISetMembers
    function operatorAt(uint256 setId, uint64 configurationNumber, uint256 seat) external view returns (uint256) {
        _requireSeat(seat);
        return membersAt(setId, configurationNumber)[seat - 1];
    }

    /// @inheritdoc ISetMembers
    function isMember(uint256 setId, uint256 operatorId) external view returns (bool) {
        return _seatOf(setId, operatorId) != 0;
    }

    /// @inheritdoc ISetMembers
    function configuration(uint256 setId) public view returns (uint64) {
        _requireSet(setId);
        return CHANGES.configuration(setId);
    }

    /// @inheritdoc ISetMembers
    function seatNodeKey(uint256 setId, uint256 seat) external view returns (address) {
        _requireSeat(seat);
        return seatNodeKeys(setId)[seat - 1];
    }

    /// @inheritdoc ISetMembers
    function seatNodeKeys(uint256 setId) public view returns (address[7] memory) {
        return REGISTRY.nodeKeysOf(members(setId));
    }

    /// @inheritdoc ISetMembers
    function feeSeats(uint256 setId) external view returns (uint8) {
        return ~_set(setId).emptied & uint8((1 << SEATS) - 1);
    }

    function _recordMembers(uint256 setId, uint64 configurationNumber, uint256[7] memory operatorIds) internal {
        _members[setId].push(uint256(configurationNumber).toUint32(), uint224(operatorIds.pack()));
    }

    /// @dev 0 when the operator holds no seat of the set.
    function _seatOf(uint256 setId, uint256 operatorId) internal view returns (uint256) {
        uint256[7] memory operatorIds = members(setId);
        for (uint256 i = 0; i < SEATS; i++) {
            if (operatorIds[i] == operatorId) return i + 1;
        }
        return 0;
    }

    function _requireSeat(uint256 seat) internal pure {
        if (seat == 0 || seat > SEATS) revert InvalidSeat(seat);
    }
}
