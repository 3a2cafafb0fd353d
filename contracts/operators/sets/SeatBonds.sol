// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IOperatorSets} from "../../interfaces/IOperatorSets.sol";
import {ISetMembers} from "../../interfaces/ISetMembers.sol";
import {Parameter} from "../../interfaces/IParameters.sol";
import {Obligations} from "./Obligations.sol";
import {SetMembers} from "./SetMembers.sol";

/// @title SeatBonds
/// @dev What the seats of an operator ask of its bond: a base for each, a part of the stake of each set, the reserves of
/// predeposits, and what seats that were left still hold. Summed over its few sets when asked, so that a change of a set's
/// stake or reserve is one write.
abstract contract SeatBonds is SetMembers {
    using Obligations for uint256;

    /// @param sharesWei Wei that SHARES are worth now.
    struct Terms {
        uint256 sharesWei;
        uint256 baseWei;
        uint256 stakeBps;
    }

    /// @param convictedWei Requirement of seats emptied by a fault: charged already, so it hinders no other seat, but what
    /// is left of the bond stays until the seat is replaced.
    /// @param leavingWei Of seats that were left.
    struct Owed {
        uint256 baseWei;
        uint256 stakeBondWei;
        uint256 reservedShares;
        uint256 convictedWei;
        uint256 leavingWei;
    }

    /// @param availableWei The bond less what is leaving it.
    struct Account {
        Owed owed;
        uint256 availableWei;
    }

    uint256 internal constant BPS = 10_000;

    /// @dev Shares by which the rate is asked once for many bonds; the error stays below a wei.
    uint256 private constant SHARES = 1e30;

    /// @inheritdoc ISetMembers
    function seatRequirementWei(uint256 setId) public view returns (uint256) {
        _requireSet(setId);
        return _seatRequirementWei(setId, _needs());
    }

    /// @dev Reverts unless each of these bonds covers in full what its operator owes; 0 is skipped.
    function _requireCovered(uint256[7] memory operatorIds) internal view {
        Terms memory terms = _terms();
        Account[7] memory accounts = _accountsOf(operatorIds, terms);
        for (uint256 i = 0; i < SEATS; i++) {
            if (operatorIds[i] == 0) continue;
            uint256 required = _seatsWei(accounts[i].owed, terms);
            uint256 available = accounts[i].availableWei;
            if (available < required) revert IOperatorSets.InsufficientBond(operatorIds[i], required, available);
        }
    }

    function _accountsOf(
        uint256[7] memory operatorIds,
        Terms memory terms
    ) internal view returns (Account[7] memory accounts) {
        (uint256[7] memory shares, uint256[7] memory unbonding) = REGISTRY.bondsOf(operatorIds);
        for (uint256 i = 0; i < SEATS; i++) {
            Owed memory owed = _owedBy(operatorIds[i], terms);
            // The shares on request may be those of seats that were left.
            uint256 leavingWei = Math.max(owed.leavingWei, _toWeiDown(unbonding[i], terms));
            accounts[i] = Account(owed, Math.saturatingSub(_toWeiDown(shares[i], terms), leavingWei));
        }
    }

    function _owedBy(uint256 operatorId, Terms memory terms) internal view returns (Owed memory owed) {
        for (uint256 word = _obligations[operatorId]; word != 0; word >>= 32) {
            uint256 setId = word.setOf();
            uint8 flags = word.flagsOf();
            if (flags & Obligations.CONVICTED != 0) {
                owed.convictedWei += _seatRequirementWei(setId, terms);
            } else if (flags & (Obligations.MEMBER | Obligations.INCOMING) != 0) {
                owed.baseWei += terms.baseWei;
                owed.stakeBondWei += _stakeBondWeiUp(_sets[setId].stakeWei, terms);
                if (flags & Obligations.MEMBER != 0) owed.reservedShares += _sets[setId].reservedShares;
            }
            if (flags & Obligations.LEAVER != 0) owed.leavingWei += _leavers[setId][operatorId].lockedWei;
        }
    }

    function _seatRequirementWei(uint256 setId, Terms memory terms) internal view returns (uint256) {
        return terms.baseWei + _stakeBondWeiUp(_sets[setId].stakeWei, terms);
    }

    /// @dev What a seat of the set answers for: no less than at any slashing that is not settled, *because* reports count on
    /// that, and a requirement that falls as keys end would free what the last slashed keys are to be paid from.
    function _answeringWei(uint256 setId) internal view returns (uint256) {
        return Math.max(_seatRequirementWei(setId, _needs()), SLASHINGS.episodeRequirementWei(setId));
    }

    function _flagsOf(uint256 setId, uint256 operatorId) internal view returns (uint8) {
        return _obligations[operatorId].flagsIn(setId);
    }

    function _setFlags(uint256 setId, uint256 operatorId, uint8 flags) internal {
        _obligations[operatorId] = _obligations[operatorId].withFlags(setId, flags);
    }

    function _terms() internal view returns (Terms memory terms) {
        terms = _needs();
        terms.sharesWei = POOL.convertToAssets(SHARES);
    }

    /// @dev Terms for what seats need, which is wei and asks for no rate.
    function _needs() internal view returns (Terms memory) {
        return
            Terms({
                sharesWei: 0,
                baseWei: _parameter(Parameter.SeatBaseBondWei),
                stakeBps: _parameter(Parameter.SeatStakeBondBps)
            });
    }

    /// @dev Predeposits under way use the seats' base first: what they take beyond it is not there for new stake.
    function _seatsWei(Owed memory owed, Terms memory terms) internal pure returns (uint256) {
        return Math.max(owed.baseWei, _toWeiDown(owed.reservedShares, terms)) + owed.stakeBondWei;
    }

    function _toWeiDown(uint256 shares, Terms memory terms) internal pure returns (uint256) {
        return Math.mulDiv(shares, terms.sharesWei, SHARES);
    }

    function _stakeBondWeiUp(uint256 stake, Terms memory terms) internal pure returns (uint256) {
        return Math.ceilDiv(stake * terms.stakeBps, BPS);
    }
}
