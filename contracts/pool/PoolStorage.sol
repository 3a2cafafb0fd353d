// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IParameters, Parameter} from "../interfaces/IParameters.sol";
import {IStakingPool} from "../interfaces/IStakingPool.sol";
import {IWithdrawalVault} from "../interfaces/IWithdrawalVault.sol";
import {IPoolBooks, Stop} from "../interfaces/IPoolBooks.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {RewardStream, Stream} from "./RewardStream.sol";

/// @title PoolStorage
/// @dev State that the parts of the pool share, the rate, and the stops. 88 bits hold 309 million ETH, more than there is.
abstract contract PoolStorage is IStakingPool, ERC20Permit, ReentrancyGuardTransient {
    using RewardStream for Stream;
    using SafeCast for uint256;

    /// @dev Read and written by every deposit. Total of the rate = holdersWei − what the stream still holds back of it.
    struct Books {
        uint88 holdersWei;
        uint88 liquidWei;
        uint80 coverWei;
    }

    struct Debts {
        uint88 reservedWei;
        uint88 carriedLossWei;
        uint80 dueFeeWei;
    }

    /// @param clockAt The last finish of a report, or the later start of the report clock.
    struct StopTimes {
        uint40 frozenUntil;
        uint40 pausedUntil;
        uint40 quarantinedUntil;
        uint40 depositsCloseAt;
        uint40 clockAt;
        uint40 closedAt;
        bool clockRunning;
        bool reportOpen;
    }

    address internal constant LOCKED = 0x000000000000000000000000000000000000dEaD;
    uint256 internal constant RAY = 1e27;

    address public immutable VALIDATOR_MANAGER;
    address public immutable SLASHINGS;
    IParameters public immutable PARAMETERS;
    IWithdrawalVault public immutable VAULT;
    uint64 public immutable DAY;

    Books internal _books;
    Stream internal _stream;
    Debts internal _debts;
    StopTimes internal _times;

    /// @dev Shares that divide the ETH of a closed pool.
    uint256 internal _closedSupply;

    constructor(Wiring memory w) {
        VALIDATOR_MANAGER = w.manager;
        SLASHINGS = w.slashings;
        PARAMETERS = IParameters(w.parameters);
        VAULT = IWithdrawalVault(w.vault);
        DAY = w.day;
    }

    /// @inheritdoc IPoolBooks
    function closedAt() external view returns (uint64) {
        return _times.closedAt;
    }

    function _requireNotClosed() internal view {
        if (_times.closedAt != 0) revert Stopped(Stop.Closed);
    }

    function _requireCaller(address expected) internal view {
        if (msg.sender != expected) revert Unauthorized(msg.sender);
    }

    function _parameter(Parameter parameter) internal view returns (uint256) {
        return PARAMETERS.get(parameter);
    }

    function _streamAtStart() internal view returns (Stream memory) {
        return _stream;
    }

    function _stopTimes() internal view returns (StopTimes memory) {
        return _times;
    }

    function _totalAssets() internal view returns (uint256) {
        return _books.holdersWei - _streamAtStart().unstreamedNetUp(block.timestamp);
    }

    function _bookedWei() internal view returns (uint256) {
        return uint256(_books.holdersWei) + _stream.feeWei + _debts.dueFeeWei + _books.coverWei;
    }

    function _toSharesDown(uint256 assets) internal view returns (uint256) {
        return Math.mulDiv(assets, totalSupply(), _totalAssets());
    }

    function _toAssetsDown(uint256 shares) internal view returns (uint256) {
        return Math.mulDiv(shares, _totalAssets(), totalSupply());
    }

    function _toAssetsUp(uint256 shares) internal view returns (uint256) {
        return Math.mulDiv(shares, _totalAssets(), totalSupply(), Math.Rounding.Ceil);
    }

    function _rateDown() internal view returns (uint256) {
        return _toAssetsDown(RAY);
    }

    /// @dev Starts the stream anew at this moment. Whoever changes its amounts, the total or the supply calls this first.
    function _advanceStream() internal returns (Stream memory s) {
        s = _streamAtStart();
        _debts.dueFeeWei += s.advance(block.timestamp).toUint80();
    }

    /// @dev Stores the stream, ended late enough for the yearly cap with the books as they are now.
    function _storeStream(Stream memory s) internal {
        uint256 totalWei = _books.holdersWei - s.netWei;
        s.extend(s.cappedSecondsUp(totalWei, _parameter(Parameter.StreamYearlyBps), DAY));
        _stream = s;
    }

    /// @dev Shares that leave take their part of the losses with them: the others' gains need not make up for it.
    function _shrinkCarriedLoss(uint256 burntShares, uint256 supplyBefore) internal {
        uint256 carried = _debts.carriedLossWei;
        if (carried == 0) return;
        uint256 left = Math.mulDiv(carried, supplyBefore - burntShares, supplyBefore, Math.Rounding.Ceil);
        _debts.carriedLossWei = left.toUint88();
    }

    /// @dev Takes `shares` into this contract, which `_update` refuses to everybody else.
    function _takeIntoEscrow(address owner, uint256 shares) internal {
        super._update(owner, address(this), shares);
    }

    function _pay(address receiver, uint256 amountWei) internal {
        (bool success, ) = receiver.call{value: amountWei}("");
        if (!success) revert PaymentFailed(receiver, amountWei);
    }

    /// @dev Shares sent here by mistake could never leave, and would count as escrow that no request owns.
    function _update(address from, address to, uint256 value) internal override {
        if (to == address(this)) revert ERC20InvalidReceiver(to);
        super._update(from, to, value);
    }
}
