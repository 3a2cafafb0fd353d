// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IOperatorSets} from "../../interfaces/IOperatorSets.sol";
import {ISetLeavers} from "../../interfaces/ISetLeavers.sol";
import {Obligations} from "./Obligations.sol";
import {SeatWords} from "./SeatWords.sol";
import {SetStake} from "./SetStake.sol";

/// @title BondViews
/// @dev What bonds answer for, for OperatorRegistry and Slashings.
abstract contract BondViews is SetStake {
    using Obligations for uint256;
    using SeatWords for uint256;

    /// @inheritdoc IOperatorSets
    function requiredBondWei(uint256 operatorId) external view returns (uint256) {
        Owed memory owed = _owedBy(operatorId, _needs());
        return owed.baseWei + owed.stakeBondWei;
    }

    /// @inheritdoc IOperatorSets
    function stakeBondWei(uint256 operatorId) external view returns (uint256) {
        return _owedBy(operatorId, _needs()).stakeBondWei;
    }

    /// @inheritdoc IOperatorSets
    function lockedSharesOf(uint256 operatorId) external view returns (uint256 seatShares, uint256 leavingShares) {
        Owed memory owed = _owedBy(operatorId, _needs());
        // Predeposits use the seats' base first, so the larger of the two is held.
        seatShares =
            Math.max(_sharesCoveringUp(owed.baseWei), owed.reservedShares) +
            _sharesCoveringUp(owed.stakeBondWei + _answeringMoreWei(operatorId)) +
            _sharesCoveringUp(owed.convictedWei);
        leavingShares = _sharesCoveringUp(owed.leavingWei);
    }

    /// @inheritdoc ISetLeavers
    function bondsBehind(
        uint256 setId,
        uint64 generation
    ) external view returns (uint256[] memory operatorIds, uint256[] memory maximumWei) {
        uint256[7] memory seated = members(setId);
        uint256[] memory left = _leaverIds[setId];
        operatorIds = new uint256[](2 * SEATS + left.length);
        maximumWei = new uint256[](operatorIds.length);
        uint256 seatWei = _answeringWei(setId);
        uint256 count;
        for (uint256 i = 0; i < SEATS; i++) {
            if (_flagsOf(setId, seated[i]) & Obligations.MEMBER != 0) {
                (operatorIds[count], maximumWei[count++]) = (seated[i], seatWei);
            }
            uint256 incoming = _named[setId].numberAt(i);
            if (incoming != seated[i] && incoming != 0) {
                (operatorIds[count], maximumWei[count++]) = (incoming, seatWei);
            }
        }
        for (uint256 i = 0; i < left.length; i++) {
            LeaverRecord memory record = _leavers[setId][left[i]];
            // Who is back in a seat owes for that one.
            bool bound = _flagsOf(setId, left[i]) & (Obligations.MEMBER | Obligations.INCOMING) != 0;
            if (bound || generation >= record.leftGeneration) continue;
            (operatorIds[count], maximumWei[count++]) = (left[i], record.lockedWei);
        }
        assembly {
            mstore(operatorIds, count)
            mstore(maximumWei, count)
        }
    }

    /// @dev By how much the seats of the operator answer for more than they require.
    function _answeringMoreWei(uint256 operatorId) private view returns (uint256 moreWei) {
        for (uint256 word = _obligations[operatorId]; word != 0; word >>= 32) {
            uint8 flags = word.flagsOf();
            if (flags & (Obligations.MEMBER | Obligations.INCOMING) == 0) continue;
            uint256 setId = word.setOf();
            moreWei += _answeringWei(setId) - _seatRequirementWei(setId, _needs());
        }
    }

    /// @dev Rounded up; one share more than needed at most.
    function _sharesCoveringUp(uint256 amountWei) private view returns (uint256) {
        return amountWei == 0 ? 0 : POOL.convertToShares(amountWei) + 1;
    }
}
