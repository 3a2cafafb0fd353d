// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IOperatorSets} from "../../interfaces/IOperatorSets.sol";
import {Parameter} from "../../interfaces/IParameters.sol";
import {ISetChangeHooks} from "../../interfaces/ISetChangeHooks.sol";
import {SeatBonds} from "./SeatBonds.sol";

/// @title SetCapacity
/// @dev Stake that the bonds of a set allow, and the seats that don't count for it.
abstract contract SetCapacity is SeatBonds {
    using SafeCast for uint256;

    function _recordCapacity(uint256 setId) internal returns (uint256 capacity) {
        OperatorSet storage target = _set(setId);
        capacity = _capacityWei(setId);
        uint256 recorded = target.capacityWei;
        if (capacity == recorded) return capacity;
        if (!target.suspended) _totals.capacityWei = (_totals.capacityWei - recorded + capacity).toUint128();
        target.capacityWei = capacity.toUint80();
        emit IOperatorSets.CapacityChanged(setId, capacity);
    }

    /// @dev The seat earns nothing from now on. Those who earned are paid first.
    function _emptySeat(uint256 setId, uint256 seat, uint256 operatorId) internal {
        FEES.divide(setId);
        OperatorSet storage target = _sets[setId];
        if (target.emptied == 0) _clocks[setId].emptiedAt = uint32(block.timestamp);
        target.emptied |= uint8(1 << (seat - 1));
        emit ISetChangeHooks.SeatEmptied(setId, seat, operatorId);
    }

    function _capacityWei(uint256 setId) internal view returns (uint256 capacity) {
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

    /// @dev Seats emptied by a fault don't count while there is time to replace them; 0 when that time is over.
    function _seatsLeftOut(uint256 setId, uint8 emptied) internal view returns (uint8) {
        if (emptied == 0) return 0;
        uint256 until = _clocks[setId].emptiedAt + _parameter(Parameter.ShortfallSeconds);
        return block.timestamp < until ? emptied : 0;
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
