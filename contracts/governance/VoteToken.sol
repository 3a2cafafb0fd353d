// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {ERC20Wrapper} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Wrapper.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IStakingPool} from "../interfaces/IStakingPool.sol";
import {IVoteToken} from "../interfaces/IVoteToken.sol";
import {Wiring} from "../interfaces/Wiring.sol";

/// @title VoteToken
/// @dev Votes are here and not in the pool's token, *because* checkpoints there would cost every deposit 36,000 gas.
contract VoteToken is IVoteToken, ERC20Votes, ERC20Wrapper {
    using SafeERC20 for IERC20;

    struct Unlock {
        uint192 shares;
        uint64 releasedAt;
    }

    /// @dev The longest voting period (SeptetGovernor). Votes are counted as of the start of the period, so shares whose
    /// unlock is requested right after it stay in until the decision can have been executed.
    uint64 private constant UNLOCK_DAYS = 7;

    IStakingPool public immutable POOL;
    TimelockController public immutable TIMELOCK;
    uint64 public immutable DAY;

    mapping(address owner => Unlock) private _unlocks;

    constructor(
        Wiring memory w,
        TimelockController timelock
    ) ERC20("Septet Votes", "septVOTE") EIP712("Septet Votes", "1") ERC20Wrapper(IERC20(w.pool)) {
        POOL = IStakingPool(w.pool);
        TIMELOCK = timelock;
        DAY = w.day;
    }

    /// @inheritdoc IVoteToken
    function requestUnlock(uint256 shares) external {
        if (shares == 0) revert ZeroAmount();
        _burn(msg.sender, shares);
        Unlock storage unlock = _unlocks[msg.sender];
        // Fits: the burn proved that the shares exist, and ERC20Votes keeps their sum below 2²⁰⁸, the pool's far below that.
        unlock.shares += uint192(shares);
        unlock.releasedAt = uint64(block.timestamp) + unlockDelay();
        emit UnlockRequested(msg.sender, unlock.shares, unlock.releasedAt);
    }

    /// @inheritdoc IVoteToken
    function withdrawTo(address account, uint256 value) public override(IVoteToken, ERC20Wrapper) returns (bool) {
        if (account == address(this)) revert ERC20InvalidReceiver(account);
        if (value == 0) revert ZeroAmount();
        Unlock storage unlock = _unlocks[msg.sender];
        bool closed = POOL.closedAt() != 0;
        uint256 unlocked = closed || block.timestamp >= unlock.releasedAt ? unlock.shares : 0;
        uint256 taken = Math.min(value, unlocked);
        unlock.shares -= uint192(taken);
        if (taken < value) {
            // What was never asked to be unlocked is still votes, and burns as such.
            if (!closed) revert NotUnlocked(value, unlocked, unlock.releasedAt);
            _burn(msg.sender, value - taken);
        }
        emit Withdrawn(msg.sender, account, value);
        IERC20(address(POOL)).safeTransfer(account, value);
        return true;
    }

    /// @inheritdoc IVoteToken
    function depositFor(address account, uint256 value) public override(IVoteToken, ERC20Wrapper) returns (bool) {
        return super.depositFor(account, value);
    }

    /// @inheritdoc IVoteToken
    function unlockOf(address owner) external view returns (uint256 shares, uint64 releasedAt) {
        Unlock memory unlock = _unlocks[owner];
        return (unlock.shares, unlock.releasedAt);
    }

    /// @inheritdoc IVoteToken
    function unlockDelay() public view returns (uint64) {
        return uint64(TIMELOCK.getMinDelay()) + UNLOCK_DAYS * DAY;
    }

    /// @notice ERC-6372: Unix seconds.
    function clock() public view override returns (uint48) {
        return uint48(block.timestamp);
    }

    /// @notice ERC-6372.
    // solhint-disable-next-line func-name-mixedcase
    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }

    /// @notice 18, as the pool's shares.
    function decimals() public pure override(ERC20, ERC20Wrapper) returns (uint8) {
        return 18;
    }

    /// @dev Only locking and unlocking, *because* votes that can be lent are votes of those who bear no consequences.
    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Votes) {
        if (from != address(0) && to != address(0)) revert NotTransferable();
        super._update(from, to, value);
    }
}
