// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IStakingPool} from "../interfaces/IStakingPool.sol";
import {Wiring} from "../interfaces/Wiring.sol";

/// @title StakingPool
/// @dev There is no `receive`: plain ETH is refused, so nothing can come in unbooked but by force (selfdestruct, block
/// rewards), and that moves no rate.
contract StakingPool is IStakingPool, ERC20Permit, ReentrancyGuardTransient {
    address private constant ETHER = 0xEeeeeEeeeEeEeeEeEeEeeEEEeeeeEeeeeeeeEEeE;
    address private constant LOCKED = 0x000000000000000000000000000000000000dEaD;
    uint256 private constant MINIMUM_SEED_WEI = 1 ether;
    uint256 private constant PREDEPOSIT_WEI = 1 ether;

    address public immutable VALIDATOR_MANAGER;

    uint128 private _totalAssets;
    uint128 private _unallocated;

    modifier onlyValidatorManager() {
        if (msg.sender != VALIDATOR_MANAGER) revert Unauthorized(msg.sender);
        _;
    }

    /// @dev The seed's shares are locked for ever, *because* a pool that can be emptied can be inflated: the first depositor
    /// would set a rate at which the next one's shares round to nothing.
    constructor(Wiring memory w) payable ERC20("Septet Staked Ether", "septETH") ERC20Permit("Septet Staked Ether") {
        if (msg.value < MINIMUM_SEED_WEI) revert SeedTooSmall(msg.value, MINIMUM_SEED_WEI);
        VALIDATOR_MANAGER = w.manager;
        _book(msg.value);
        _mint(LOCKED, msg.value);
        emit Deposit(msg.sender, LOCKED, msg.value, msg.value);
    }

    /// @inheritdoc IStakingPool
    function deposit(uint256 assets, address receiver) external payable nonReentrant returns (uint256 shares) {
        if (assets != msg.value) revert AssetsNotSent(assets, msg.value);
        shares = _toSharesDown(assets);
        _deposit(assets, shares, receiver);
    }

    /// @inheritdoc IStakingPool
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

    /// @inheritdoc IStakingPool
    function fundPredeposit() external onlyValidatorManager nonReentrant {
        _fund(PREDEPOSIT_WEI);
    }

    /// @inheritdoc IStakingPool
    function fundTopUp(uint256 amountWei) external onlyValidatorManager nonReentrant {
        _fund(amountWei);
    }

    /// @inheritdoc IStakingPool
    function asset() external pure returns (address) {
        return ETHER;
    }

    /// @inheritdoc IStakingPool
    function totalAssets() public view returns (uint256) {
        return _totalAssets;
    }

    /// @inheritdoc IStakingPool
    function unallocatedWei() external view returns (uint256) {
        return _unallocated;
    }

    /// @inheritdoc IStakingPool
    function convertToShares(uint256 assets) external view returns (uint256) {
        return _toSharesDown(assets);
    }

    /// @inheritdoc IStakingPool
    function convertToAssets(uint256 shares) external view returns (uint256) {
        return _toAssetsDown(shares);
    }

    /// @inheritdoc IStakingPool
    function previewDeposit(uint256 assets) external view returns (uint256) {
        return _toSharesDown(assets);
    }

    /// @inheritdoc IStakingPool
    function previewMint(uint256 shares) external view returns (uint256) {
        return _toAssetsUp(shares);
    }

    /// @inheritdoc IStakingPool
    function maxDeposit(address) public view returns (uint256) {
        return type(uint128).max - _totalAssets;
    }

    /// @inheritdoc IStakingPool
    function maxMint(address receiver) external view returns (uint256) {
        return _toSharesDown(maxDeposit(receiver));
    }

    function _deposit(uint256 assets, uint256 shares, address receiver) private {
        if (shares == 0) revert ZeroAmount();
        uint256 maximum = maxDeposit(receiver);
        if (assets > maximum) revert DepositLimitExceeded(assets, maximum);
        _book(assets);
        _mint(receiver, shares);
        emit Deposit(msg.sender, receiver, assets, shares);
    }

    function _book(uint256 assets) private {
        // Fits: _deposit keeps the total within 128 bits, and unallocated ETH is part of it.
        _totalAssets += uint128(assets);
        _unallocated += uint128(assets);
    }

    function _fund(uint256 amountWei) private {
        uint256 available = _unallocated;
        if (amountWei > available) revert InsufficientUnallocated(amountWei, available);
        _unallocated = uint128(available - amountWei);
        emit ValidatorFunded(amountWei);
        Address.sendValue(payable(VALIDATOR_MANAGER), amountWei);
    }

    function _toSharesDown(uint256 assets) private view returns (uint256) {
        return Math.mulDiv(assets, totalSupply(), _totalAssets);
    }

    function _toAssetsDown(uint256 shares) private view returns (uint256) {
        return Math.mulDiv(shares, _totalAssets, totalSupply());
    }

    function _toAssetsUp(uint256 shares) private view returns (uint256) {
        return Math.mulDiv(shares, _totalAssets, totalSupply(), Math.Rounding.Ceil);
    }
}
