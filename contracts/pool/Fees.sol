// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFeeDistributor} from "../interfaces/IFeeDistributor.sol";
import {IPoolBooks} from "../interfaces/IPoolBooks.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {Bookkeeping, FeeShares} from "./Bookkeeping.sol";
import {PoolState} from "./PoolState.sol";
import {PoolStorage} from "./PoolStorage.sol";

/// @title Fees
/// @dev Fee shares are minted for what has been streamed, at the rate of that moment: the wei come into the total
/// together with the shares, so no holder sees the rate move. What burnt shares were worth stays with the holders.
abstract contract Fees is PoolStorage {
    using Bookkeeping for PoolState;

    IFeeDistributor public immutable FEES;
    address public immutable REGISTRY;
    address public immutable GOVERNANCE;

    constructor(Wiring memory w) {
        FEES = IFeeDistributor(w.fees);
        REGISTRY = w.registry;
        GOVERNANCE = w.governance;
    }

    /// @inheritdoc IPoolBooks
    function mintFees() external nonReentrant {
        _requireNotClosed();
        _mintFees(_state.takeFees(_context()));
    }

    /// @inheritdoc IPoolBooks
    function burnBond(uint256 shares) external {
        if (msg.sender != SLASHINGS) _requireCaller(REGISTRY);
        _burnForHolders(shares, true);
    }

    /// @inheritdoc IPoolBooks
    function burnFees(uint256 shares) external {
        _requireCaller(address(FEES));
        _burnForHolders(shares, false);
    }

    /// @dev Last in each call: FeeDistributor may do something of its own.
    function _mintFees(FeeShares memory minted) internal {
        _mint(GOVERNANCE, minted.treasury);
        if (minted.seats == 0) return;
        _mint(address(FEES), minted.seats);
        FEES.onFees(minted.seats);
    }

    function _burnForHolders(uint256 shares, bool toCover) private {
        uint256 valueWei = _state.burn(_context(), shares, toCover);
        _burn(msg.sender, shares);
        // After closing those who locked, or still will, share what these would have drawn.
        if (_closedSupply > 0) _closedSupply -= shares;
        emit SharesBurnt(msg.sender, shares, valueWei);
    }
}
