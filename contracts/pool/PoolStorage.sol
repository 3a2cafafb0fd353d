// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IParameters, Parameter} from "../interfaces/IParameters.sol";
import {IStakingPool} from "../interfaces/IStakingPool.sol";
import {IWithdrawalVault} from "../interfaces/IWithdrawalVault.sol";
import {IPoolBooks, Stop} from "../interfaces/IPoolBooks.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {Context} from "./Bookkeeping.sol";
import {PoolState, StopTimes} from "./PoolState.sol";
import {RewardStream, Stream} from "./RewardStream.sol";

/// @title PoolStorage
/// @dev State that the parts of the pool share, the rate, and the stops.
abstract contract PoolStorage is IStakingPool, ERC20Permit, ReentrancyGuardTransient {
    using RewardStream for Stream;

    address internal constant LOCKED = 0x000000000000000000000000000000000000dEaD;
    uint256 internal constant RAY = 1e27;

    address public immutable VALIDATOR_MANAGER;
    address public immutable SLASHINGS;
    IParameters public immutable PARAMETERS;
    IWithdrawalVault public immutable VAULT;
    uint64 public immutable DAY;

    PoolState internal _state;

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
        return _state.times.closedAt;
    }

    function _requireNotClosed() internal view {
        if (_state.times.closedAt != 0) revert Stopped(Stop.Closed);
    }

    function _requireCaller(address expected) internal view {
        if (msg.sender != expected) revert Unauthorized(msg.sender);
    }

    function _parameter(Parameter parameter) internal view returns (uint256) {
        return PARAMETERS.get(parameter);
    }

    function _stopTimes() internal view returns (StopTimes memory) {
        return _state.times;
    }

    function _totalAssets() internal view returns (uint256) {
        Stream memory s = _state.stream;
        return _state.books.holdersWei - s.unstreamedNetUp(block.timestamp);
    }

    function _context() internal view returns (Context memory) {
        return Context({parameters: PARAMETERS, day: DAY, supply: totalSupply()});
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
