// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";
import {IOperatorRegistry} from "../../interfaces/IOperatorRegistry.sol";
import {IOperatorSets} from "../../interfaces/IOperatorSets.sol";
import {ISlashingCharges} from "../../interfaces/ISlashingCharges.sol";
import {IStakingPool} from "../../interfaces/IStakingPool.sol";
import {Wiring} from "../../interfaces/Wiring.sol";
import {FairSplit} from "../../libraries/FairSplit.sol";

/// @title SlashingCharges
/// @dev Sharing is done in pool shares at the moment of the charge. The pot of a convicted seat lies in this contract, out
/// of the reach of its owner, and is spent before any other bond.
abstract contract SlashingCharges is ISlashingCharges {
    using BitMaps for BitMaps.BitMap;
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @param reservedWei What reports count as owed by bonds for the unsettled slashings.
    /// @param potShares Of convicted seats, for the unsettled slashings.
    /// @param paidShares Sum that seats paid which are not convicted.
    /// @param refundIndex Part of each paid share that was repaid by convicted seats, times RAY; at most RAY.
    /// @param requirementGwei The largest that a seat had when something was reserved, rounded up, so that nothing reserved
    /// is beyond it.
    struct Episode {
        uint32 unsettledCount;
        uint96 reservedWei;
        uint96 potShares;
        uint96 paidShares;
        uint96 refundIndex;
        uint64 requirementGwei;
    }

    /// @param spentShares All that the seat paid in the episode; the largest number once it is convicted, *because* the
    /// court takes the rest of the requirement.
    /// @param paidShares What it paid without being convicted.
    struct Payment {
        uint80 spentShares;
        uint80 paidShares;
        uint80 refundedShares;
    }

    struct Key {
        bytes32 validatorId;
        uint256 setId;
        uint64 generation;
    }

    /// @dev Bonds behind one key. @param capShares The most that each still pays in the episode.
    struct Bonds {
        uint256[] operatorIds;
        uint256[] capShares;
    }

    uint256 internal constant GWEI_IN_WEI = 1 gwei;
    uint256 private constant RAY = 1e27;

    IStakingPool public immutable POOL;
    IOperatorRegistry public immutable REGISTRY;
    IOperatorSets public immutable SETS;
    address public immutable COURT;

    /// @inheritdoc ISlashingCharges
    mapping(uint256 setId => uint256) public episodeOf;
    mapping(uint256 setId => mapping(uint256 episode => Episode)) private _episodes;
    mapping(uint256 setId => mapping(uint256 episode => mapping(uint256 operatorId => Payment))) private _payments;

    /// @dev By operator number.
    mapping(uint256 setId => BitMaps.BitMap) private _convicted;

    /// @dev Whose bonds were behind the key when its slashing was recorded, *because* who joins later is not to blame.
    mapping(bytes32 validatorId => uint32[]) private _liable;

    constructor(Wiring memory w) {
        POOL = IStakingPool(w.pool);
        REGISTRY = IOperatorRegistry(w.registry);
        SETS = IOperatorSets(w.sets);
        COURT = w.court;
    }

    /// @inheritdoc ISlashingCharges
    function onConvicted(uint256 setId, uint256 operatorId) external returns (uint256 paidShares) {
        if (msg.sender != COURT) revert Unauthorized(msg.sender);
        if (_convicted[setId].get(operatorId)) return 0;
        _convicted[setId].set(operatorId);
        uint256 number = episodeOf[setId];
        if (number == 0) return 0;

        Episode memory episode = _episodes[setId][number];
        Payment storage payment = _payments[setId][number][operatorId];
        uint256 mostWei = Math.max(SETS.seatRequirementWei(setId), episode.requirementGwei * GWEI_IN_WEI);
        uint256 mostShares = POOL.convertToShares(mostWei);
        uint256 leftShares = Math.saturatingSub(mostShares, payment.spentShares);
        uint256 forfeitedShares = _refundable(payment, episode);
        episode.paidShares -= payment.paidShares;
        payment.paidShares = 0;
        payment.spentShares = type(uint80).max;

        uint256 dueShares = Math.min(_owedToOthers(episode), leftShares);
        if (dueShares > 0) paidShares = REGISTRY.charge(operatorId, dueShares, address(this), dueShares);
        episode.potShares += (paidShares + forfeitedShares).toUint96();
        if (episode.unsettledCount == 0) _emptyPot(episode);
        _episodes[setId][number] = episode;
        emit ConvictedPays(setId, operatorId, number, paidShares);
    }

    /// @inheritdoc ISlashingCharges
    function refund(uint256 setId, uint256 episode, uint256 operatorId) external returns (uint256 shares) {
        Payment storage payment = _payments[setId][episode][operatorId];
        shares = _refundable(payment, _episodes[setId][episode]);
        if (shares == 0) revert NothingToRefund(setId, episode, operatorId);
        payment.refundedShares += shares.toUint80();
        emit Refunded(setId, operatorId, episode, shares);
        IERC20(address(POOL)).forceApprove(address(REGISTRY), shares);
        REGISTRY.bond(operatorId, shares);
    }

    /// @inheritdoc ISlashingCharges
    function refundable(uint256 setId, uint256 episode, uint256 operatorId) external view returns (uint256) {
        return _refundable(_payments[setId][episode][operatorId], _episodes[setId][episode]);
    }

    /// @inheritdoc ISlashingCharges
    function episodeRequirementWei(uint256 setId) external view returns (uint256) {
        Episode storage episode = _episodes[setId][episodeOf[setId]];
        return episode.unsettledCount == 0 ? 0 : episode.requirementGwei * GWEI_IN_WEI;
    }

    /// @inheritdoc ISlashingCharges
    function unsettledCount(uint256 setId) external view returns (uint256) {
        return _episodes[setId][episodeOf[setId]].unsettledCount;
    }

    /// @dev One more slashing of the set waits to be settled.
    function _openCharge(Key memory key) internal {
        uint256 number = episodeOf[key.setId];
        if (_episodes[key.setId][number].unsettledCount == 0) episodeOf[key.setId] = ++number;
        _episodes[key.setId][number].unsettledCount++;
        (uint256[] memory operatorIds, ) = SETS.bondsBehind(key.setId, key.generation);
        uint32[] memory liable = new uint32[](operatorIds.length);
        for (uint256 i = 0; i < operatorIds.length; i++) {
            liable[i] = operatorIds[i].toUint32();
        }
        _liable[key.validatorId] = liable;
    }

    /// @dev Raises what the bonds answer for from `reservedWei` towards `lossWei`, as far as they reach.
    function _reserveMore(Key memory key, uint256 reservedWei, uint256 lossWei) internal returns (uint256 newWei) {
        uint256 number = episodeOf[key.setId];
        Episode storage episode = _episodes[key.setId][number];
        uint256 requirementGwei = Math.ceilDiv(SETS.seatRequirementWei(key.setId), GWEI_IN_WEI);
        // Before the bonds are summed: they answer with it.
        if (requirementGwei > episode.requirementGwei) episode.requirementGwei = requirementGwei.toUint64();
        uint256 othersWei = episode.reservedWei - reservedWei;
        uint256 reachShares = episode.potShares;
        Bonds memory bonds = _bondsBehind(key, number);
        for (uint256 i = 0; i < bonds.capShares.length; i++) {
            reachShares += bonds.capShares[i];
        }
        uint256 reachWei = Math.saturatingSub(POOL.convertToAssets(reachShares), othersWei);
        newWei = Math.max(reservedWei, Math.min(lossWei, reachWei));
        episode.reservedWei = (othersWei + newWei).toUint96();
    }

    /// @dev Burns `shares` of those who answer for the key, in order: pot, convicted seats, all others equally.
    /// @return charged Shares burned.
    function _settleCharge(Key memory key, uint256 reservedWei, uint256 shares) internal returns (uint256 charged) {
        uint256 number = episodeOf[key.setId];
        Episode storage episode = _episodes[key.setId][number];
        charged = Math.min(shares, episode.potShares);
        episode.reservedWei -= reservedWei.toUint96();
        episode.potShares -= charged.toUint96();
        if (charged > 0) POOL.burnBond(charged);

        Bonds memory bonds = _bondsBehind(key, number);
        charged += _chargeEqually(key.setId, number, bonds, shares - charged, true);
        charged += _chargeEqually(key.setId, number, bonds, shares - charged, false);

        // Only now, *because* bonds answer with what the episode required of them until its last slashing is paid.
        if (--episode.unsettledCount == 0) {
            Episode memory ended = episode;
            _emptyPot(ended);
            _episodes[key.setId][number] = ended;
        }
    }

    /// @param convicted Who pays: those who are convicted, or those who are not.
    function _chargeEqually(
        uint256 setId,
        uint256 number,
        Bonds memory bonds,
        uint256 shares,
        bool convicted
    ) private returns (uint256 charged) {
        if (shares == 0) return 0;
        uint256 count = bonds.operatorIds.length;
        uint256[] memory caps = new uint256[](count);
        for (uint256 i = 0; i < count; i++) {
            if (_convicted[setId].get(bonds.operatorIds[i]) == convicted) caps[i] = bonds.capShares[i];
        }
        uint256[] memory parts = FairSplit.split(shares, caps);
        for (uint256 i = 0; i < count; i++) {
            if (parts[i] > 0) charged += _chargeOne(setId, number, bonds.operatorIds[i], parts[i], convicted);
        }
    }

    function _chargeOne(
        uint256 setId,
        uint256 number,
        uint256 operatorId,
        uint256 shares,
        bool convicted
    ) private returns (uint256 taken) {
        taken = REGISTRY.charge(operatorId, shares, address(0), 0);
        Payment storage payment = _payments[setId][number][operatorId];
        payment.spentShares += taken.toUint80();
        if (!convicted) {
            payment.paidShares += taken.toUint80();
            _episodes[setId][number].paidShares += taken.toUint96();
        }
        emit SlashingCharged(setId, operatorId, number, taken);
    }

    /// @dev Nothing is unsettled any more: refunds to those who paid, in proportion, and the rest is the holders'. Nobody
    /// pays in this episode after the first refund, so one index serves all.
    function _emptyPot(Episode memory episode) private {
        uint256 shares = episode.potShares;
        if (shares == 0) return;
        uint256 refundShares = Math.min(shares, _owedToOthers(episode));
        episode.potShares = 0;
        if (refundShares > 0) {
            episode.refundIndex += Math.mulDiv(refundShares, RAY, episode.paidShares).toUint96();
        }
        if (shares > refundShares) POOL.burnBond(shares - refundShares);
    }

    /// @dev What seats that are not convicted paid and did not get back, and what they will have to pay, less the pot.
    function _owedToOthers(Episode memory episode) private view returns (uint256) {
        uint256 paidShares = Math.mulDiv(episode.paidShares, RAY - episode.refundIndex, RAY);
        if (episode.unsettledCount == 0) return paidShares;
        return Math.saturatingSub(paidShares + POOL.convertToShares(episode.reservedWei), episode.potShares);
    }

    function _bondsBehind(Key memory key, uint256 number) private view returns (Bonds memory bonds) {
        uint256[] memory maximumWei;
        (bonds.operatorIds, maximumWei) = SETS.bondsBehind(key.setId, key.generation);
        bonds.capShares = new uint256[](maximumWei.length);
        uint32[] memory liable = _liable[key.validatorId];
        uint256 askedWei = 0;
        uint256 mostShares = 0;
        for (uint256 i = 0; i < maximumWei.length; i++) {
            uint256 operatorId = bonds.operatorIds[i];
            if (!_contains(liable, operatorId)) continue;
            // The rate is asked once for all seats, which owe the same.
            if (maximumWei[i] != askedWei)
                (askedWei, mostShares) = (maximumWei[i], POOL.convertToShares(maximumWei[i]));
            uint256 leftShares = Math.saturatingSub(mostShares, _payments[key.setId][number][operatorId].spentShares);
            bonds.capShares[i] = Math.min(leftShares, REGISTRY.bondOf(operatorId));
        }
    }

    function _refundable(Payment storage payment, Episode memory episode) private view returns (uint256) {
        uint256 dueShares = Math.mulDiv(payment.paidShares, episode.refundIndex, RAY);
        return Math.saturatingSub(dueShares, payment.refundedShares);
    }

    function _contains(uint32[] memory operatorIds, uint256 operatorId) private pure returns (bool) {
        for (uint256 i = 0; i < operatorIds.length; i++) {
            if (operatorIds[i] == operatorId) return true;
        }
        return false;
    }
}
