// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IFeeDistributor} from "../interfaces/IFeeDistributor.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {DeadSets} from "./DeadSets.sol";

/// @title FeeDistributor
/// @dev A running index of shares per wei of stake. A set's part is what the index grew by since the set was last touched,
/// times its stake, which only changes when it is touched. All divisions round down, so no more is promised than arrived.
contract FeeDistributor is IFeeDistributor, DeadSets {
    using SafeCast for uint256;
    using SafeCast for int256;
    using SafeERC20 for IERC20;

    /// @param index Shares per wei of stake since the beginning, times RAY.
    /// @param waiting Whether there are `_waitingShares`: every report asks, and there hardly ever are.
    struct Totals {
        uint96 stakeWei;
        uint152 index;
        bool waiting;
    }

    /// @param undividedShares Fees up to `index` that no seat was given.
    /// @param withheld Seats that did not earn after the last division; bit = seat − 1. All earn before the first.
    struct SetFees {
        uint96 stakeWei;
        uint152 index;
        uint8 withheld;
        uint160 undividedShares;
    }

    uint256 private constant RAY = 1e27;
    uint256 private constant SEATS = 7;
    uint8 private constant ALL_SEATS = 0x7f;

    Totals private _totals;

    /// @dev Fees that came while no stake was proven; given with the next ones.
    uint256 private _waitingShares;

    /// @inheritdoc IFeeDistributor
    uint256 public unpaidShares;

    mapping(uint256 setId => SetFees) private _sets;

    /// @inheritdoc IFeeDistributor
    mapping(uint256 operatorId => uint256) public claimable;

    constructor(Wiring memory w) DeadSets(w) {}

    /// @inheritdoc IFeeDistributor
    function onFees(uint256 seatShares) external {
        if (msg.sender != address(POOL)) revert Unauthorized(msg.sender);
        Totals memory totals = _totals;
        if (totals.stakeWei == 0) {
            _waitingShares += seatShares;
            if (!totals.waiting) _totals.waiting = true;
        } else {
            uint256 waiting = totals.waiting ? _waitingShares : 0;
            _totals.index = totals.index + Math.mulDiv(seatShares + waiting, RAY, totals.stakeWei).toUint152();
            if (totals.waiting) {
                _totals.waiting = false;
                _waitingShares = 0;
            }
        }
        emit FeesReceived(seatShares, totals.stakeWei);
    }

    /// @inheritdoc IFeeDistributor
    function onStakeChanged(uint256 setId, int256 changeWei) external {
        if (msg.sender != address(MANAGER) && msg.sender != address(SETS)) revert Unauthorized(msg.sender);
        Totals memory totals = _totals;
        SetFees memory fees = _accrued(setId, totals.index);
        uint256 stakeWei = (int256(uint256(fees.stakeWei)) + changeWei).toUint256();
        totals.stakeWei = (uint256(totals.stakeWei) - fees.stakeWei + stakeWei).toUint96();
        fees.stakeWei = stakeWei.toUint96();
        _totals = totals;
        _sets[setId] = fees;
        emit ProvenStakeChanged(setId, stakeWei);
    }

    /// @inheritdoc IFeeDistributor
    /// @dev Can't revert for a set that exists, nor cost more than two words of fees and seven of seats, *because* a lease
    /// or a conviction that hung on it could be blocked. It sends nothing, loops over seats only, no sum in it can overflow
    /// (see `_accrued`), and the two contracts that it asks answer by views that an acceptance itself has just needed.
    function divide(uint256 setId) public {
        SetFees memory fees = _accrued(setId, _totals.index);
        uint8 withheldNow = ALL_SEATS & ~_earningSeats(setId);
        uint8 withheld = fees.withheld | withheldNow;
        fees.withheld = withheldNow;
        uint256 sharesPerSeat = fees.undividedShares / SEATS;
        fees.undividedShares -= (sharesPerSeat * SEATS).toUint160();
        _sets[setId] = fees;
        if (sharesPerSeat > 0) _give(setId, sharesPerSeat, withheld);
    }

    /// @inheritdoc IFeeDistributor
    function returnUnpaid() external returns (uint256 shares) {
        shares = unpaidShares;
        unpaidShares = 0;
        POOL.burnFees(shares);
    }

    /// @inheritdoc IFeeDistributor
    function claim(uint256 operatorId) public returns (uint256 shares) {
        shares = claimable[operatorId];
        if (shares == 0) revert NothingToClaim(operatorId);
        claimable[operatorId] = 0;
        address payout = REGISTRY.operator(operatorId).payout;
        emit FeesClaimed(operatorId, payout, shares);
        IERC20(address(POOL)).safeTransfer(payout, shares);
    }

    /// @inheritdoc IFeeDistributor
    function divideAndClaim(uint256 operatorId, uint256[] calldata setIds) external returns (uint256 shares) {
        for (uint256 i = 0; i < setIds.length; i++) {
            divide(setIds[i]);
        }
        return claim(operatorId);
    }

    /// @inheritdoc IFeeDistributor
    function undivided(uint256 setId) external view returns (uint256) {
        return _accrued(setId, _totals.index).undividedShares;
    }

    /// @inheritdoc IFeeDistributor
    function provenStakeWei(uint256 setId) external view returns (uint256) {
        return _sets[setId].stakeWei;
    }

    /// @inheritdoc IFeeDistributor
    function totalProvenStakeWei() external view returns (uint256) {
        return _totals.stakeWei;
    }

    function _give(uint256 setId, uint256 sharesPerSeat, uint8 withheld) private {
        uint256[7] memory operatorIds = SETS.members(setId);
        uint256 unpaid = 0;
        for (uint256 i = 0; i < SEATS; i++) {
            if (withheld & (1 << i) == 0) claimable[operatorIds[i]] += sharesPerSeat;
            else unpaid += sharesPerSeat;
        }
        if (unpaid > 0) unpaidShares += unpaid;
        emit FeesDivided(setId, sharesPerSeat, ALL_SEATS & ~withheld, unpaid);
    }

    /// @dev The set's record brought up to `index`, which never falls. Never overflows: all that can ever accrue by an
    /// index of 152 bits and a stake of 96 is less than 2¹⁵⁹ shares.
    function _accrued(uint256 setId, uint152 index) private view returns (SetFees memory fees) {
        fees = _sets[setId];
        fees.undividedShares += Math.mulDiv(fees.stakeWei, index - fees.index, RAY).toUint160();
        fees.index = index;
    }

    /// @dev A lease that is accepted and has not begun counts already, *because* nothing calls here at the epoch it begins.
    function _earningSeats(uint256 setId) private view returns (uint8) {
        return SETS.feeSeats(setId) & CHANGES.seatsOnDuty(setId);
    }
}
