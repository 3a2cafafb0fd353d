// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IFeeDistributor} from "../interfaces/IFeeDistributor.sol";
import {Parameter} from "../interfaces/IParameters.sol";
import {IPoolBooks} from "../interfaces/IPoolBooks.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {PoolStorage} from "./PoolStorage.sol";
import {RewardStream, Stream} from "./RewardStream.sol";

/// @title Fees
/// @dev Fee shares are minted for what has been streamed, at the rate of that moment: the wei come into the total together
/// with the shares, so no holder sees the rate move. What burnt shares were worth stays with the holders.
abstract contract Fees is PoolStorage {
    using RewardStream for Stream;
    using SafeCast for uint256;

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
        Stream memory s = _advanceStream();
        _stream = s;
        _tellFees(_mintDueFees(s));
    }

    /// @inheritdoc IPoolBooks
    function burnBond(uint256 shares) external {
        if (msg.sender != SLASHINGS) _requireCaller(REGISTRY);
        Stream memory s = _advanceStream();
        uint256 valueWei = _burnForHolders(s, shares);
        _books.holdersWei -= uint88(valueWei);
        _books.coverWei += valueWei.toUint80();
        _storeStream(s);
    }

    /// @inheritdoc IPoolBooks
    function burnFees(uint256 shares) external {
        _requireCaller(address(FEES));
        Stream memory s = _advanceStream();
        s.netWei += _burnForHolders(s, shares).toUint88();
        _storeStream(s);
    }

    /// @dev Call after `_advanceStream`.
    /// @return seatShares To be told to FeeDistributor, last.
    function _mintDueFees(Stream memory s) internal returns (uint256 seatShares) {
        uint256 dueWei = _debts.dueFeeWei;
        uint256 totalWei = _books.holdersWei - s.netWei;
        if (dueWei == 0 || totalWei == 0) return 0;
        uint256 shares = Math.mulDiv(dueWei, totalSupply(), totalWei);
        uint256 feeBps = _parameter(Parameter.FeeBps);
        uint256 treasuryBps = Math.min(_parameter(Parameter.TreasuryFeeBps), feeBps);
        uint256 treasuryShares = feeBps == 0 ? 0 : Math.mulDiv(shares, treasuryBps, feeBps);
        seatShares = shares - treasuryShares;

        _debts.dueFeeWei = 0;
        _books.holdersWei += uint88(dueWei);
        _mint(GOVERNANCE, treasuryShares);
        _mint(address(FEES), seatShares);
        emit FeesMinted(dueWei, seatShares, treasuryShares);
    }

    function _tellFees(uint256 seatShares) internal {
        if (seatShares > 0) FEES.onFees(seatShares);
    }

    /// @return valueWei Rounded down; it is up to the caller what becomes of it.
    function _burnForHolders(Stream memory s, uint256 shares) private returns (uint256 valueWei) {
        uint256 supply = totalSupply();
        valueWei = Math.mulDiv(shares, _books.holdersWei - s.netWei, supply);
        _shrinkCarriedLoss(shares, supply);
        _burn(msg.sender, shares);
        // After closing those who locked, or still will, share what these would have drawn.
        if (_closedSupply > 0) _closedSupply -= shares;
        emit SharesBurnt(msg.sender, shares, valueWei);
    }
}
