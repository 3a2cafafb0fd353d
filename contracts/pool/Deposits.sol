// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IPoolDeposits} from "../interfaces/IPoolDeposits.sol";
import {Stop} from "../interfaces/IPoolBooks.sol";
import {PoolStops} from "./PoolStops.sol";

/// @title Deposits
/// @dev A deposit writes the books, the supply and one balance, nothing else: fees are minted at the finish of
/// reports, so the stream need not be stored here.
abstract contract Deposits is PoolStops {
    address private constant ETHER = 0xEeeeeEeeeEeEeeEeEeEeeEEEeeeeEeeeeeeeEEeE;
    uint256 private constant MINIMUM_SEED_WEI = 1 ether;

    /// @dev Half of what the books hold: gains and fee shares come on top.
    uint256 private constant LIMIT = 2 ** 87;

    /// @dev The seed's shares are locked for ever, *because* a pool that can be emptied can be inflated: the first
    /// depositor would set a rate at which the next one's shares round to nothing.
    constructor() payable {
        if (msg.value < MINIMUM_SEED_WEI) revert SeedTooSmall(msg.value, MINIMUM_SEED_WEI);
        _book(msg.value, msg.value, LOCKED);
    }

    /// @inheritdoc IPoolDeposits
    function deposit(uint256 assets, address receiver) external payable nonReentrant returns (uint256 shares) {
        if (assets != msg.value) revert AssetsNotSent(assets, msg.value);
        shares = _toSharesDown(assets);
        _deposit(assets, shares, receiver);
    }

    /// @inheritdoc IPoolDeposits
    function depositAtLeast(
        address receiver,
        uint256 minShares
    ) external payable nonReentrant returns (uint256 shares) {
        shares = _toSharesDown(msg.value);
        if (shares < minShares) revert LessThanMinimum(shares, minShares);
        _deposit(msg.value, shares, receiver);
    }

    /// @inheritdoc IPoolDeposits
    function mint(uint256 shares, address receiver) external payable nonReentrant returns (uint256 assets) {
        assets = _toAssetsUp(shares);
        if (msg.value < assets) revert InsufficientAssetsSent(assets, msg.value);
        _deposit(assets, shares, receiver);
        uint256 refund = msg.value - assets;
        if (refund > 0) {
            (bool success, ) = msg.sender.call{value: refund}("");
            if (!success) revert RefundFailed(msg.sender, refund);
        }
    }

    /// @inheritdoc IPoolDeposits
    function asset() external pure returns (address) {
        return ETHER;
    }

    /// @inheritdoc IPoolDeposits
    function share() external view returns (address) {
        return address(this);
    }

    /// @inheritdoc IPoolDeposits
    function totalAssets() external view returns (uint256) {
        return _totalAssets();
    }

    /// @inheritdoc IPoolDeposits
    function convertToShares(uint256 assets) external view returns (uint256) {
        return _toSharesDown(assets);
    }

    /// @inheritdoc IPoolDeposits
    function convertToAssets(uint256 shares) external view returns (uint256) {
        return _toAssetsDown(shares);
    }

    /// @inheritdoc IPoolDeposits
    function previewDeposit(uint256 assets) external view returns (uint256) {
        return _toSharesDown(assets);
    }

    /// @inheritdoc IPoolDeposits
    function previewMint(uint256 shares) external view returns (uint256) {
        return _toAssetsUp(shares);
    }

    /// @inheritdoc IPoolDeposits
    function maxDeposit(address) external view returns (uint256) {
        return _depositStop() == Stop.None ? _roomWei() : 0;
    }

    /// @inheritdoc IPoolDeposits
    function maxMint(address) external view returns (uint256) {
        uint256 roomWei = _depositStop() == Stop.None ? _roomWei() : 0;
        return roomWei == 0 ? 0 : _toSharesDown(roomWei);
    }

    function _deposit(uint256 assets, uint256 shares, address receiver) private {
        Stop stop = _depositStop();
        if (stop != Stop.None) revert Stopped(stop);
        if (shares == 0) revert ZeroAmount();
        uint256 roomWei = _roomWei();
        if (assets > roomWei) revert DepositLimitExceeded(assets, roomWei);
        _book(assets, shares, receiver);
    }

    function _book(uint256 assets, uint256 shares, address receiver) private {
        // Fits: _roomWei keeps both far below 88 bits.
        _state.books.holdersWei += uint88(assets);
        _state.books.liquidWei += uint88(assets);
        _mint(receiver, shares);
        emit Deposit(msg.sender, receiver, assets, shares);
    }

    /// @dev What may still come in before wei or shares pass the limit. 0 when nothing backs the shares: a rate of
    /// zero has no price for a deposit.
    function _roomWei() private view returns (uint256) {
        uint256 totalWei = _totalAssets();
        uint256 supply = totalSupply();
        if (totalWei == 0 || supply >= LIMIT) return 0;
        uint256 roomOfShares = Math.mulDiv(LIMIT - supply, totalWei, supply);
        return Math.min(Math.saturatingSub(LIMIT, _state.books.holdersWei), roomOfShares);
    }
}
