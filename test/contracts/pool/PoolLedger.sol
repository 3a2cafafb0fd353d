// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Handler} from "../support/Handler.sol";
import {PoolFixture} from "./PoolFixture.sol";

/// @dev What must be true, kept beside the pool with arithmetic of its own: sums of flows, one record per fill, one per
/// request. Nothing here is read from the pool but balances of shares and the total, to compare before and after.
abstract contract PoolLedger is Handler, PoolFixture {
    struct LedgerFill {
        uint256 cycleId;
        uint256 shares;
        uint256 paidWei;
    }

    address[4] internal actors = [address(0x1001), address(0x1002), address(0x1003), address(0x1004)];

    // What ETH did.
    uint256 public bookedWei;
    uint256 public liquidWei;
    uint256 public reservedWei;
    uint256 public validatorWei;

    // The open report.
    uint256 internal _provenWei;
    uint256 internal _bookedAtStartWei;
    bool public open;

    // Gains, losses and fees by their own rules.
    uint256 internal _carriedWei;
    uint256 internal _coverWei;
    uint256 internal _gainAboveMarkWei;
    uint256 internal _feeWei;
    uint256 internal _finishRate = RAY;

    LedgerFill[] internal _fills;
    mapping(uint256 cycleId => uint256) internal _cycleShares;
    mapping(uint256 cycleId => uint256) internal _cycleFilled;
    mapping(uint256 cycleId => uint256) internal _cycleCap;
    mapping(address controller => mapping(uint256 cycleId => uint256)) internal _requested;
    mapping(address controller => uint256) internal _claimedWei;

    /// @dev What `controller` must have got from all fills, in exact fractions rounded down per fill.
    function dueWei(address controller) public view returns (uint256 sum) {
        for (uint256 i = 0; i < _fills.length; i++) {
            uint256 cycleId = _fills[i].cycleId;
            uint256 shares = _requested[controller][cycleId];
            if (shares > 0) sum += (shares * _fills[i].paidWei) / _cycleShares[cycleId];
        }
    }

    function fillCount() public view returns (uint256) {
        return _fills.length;
    }

    function claimedWei(address controller) public view returns (uint256) {
        return _claimedWei[controller];
    }

    function cycleShares(uint256 cycleId) public view returns (uint256 shares, uint256 filled) {
        return (_cycleShares[cycleId], _cycleFilled[cycleId]);
    }

    function feeAndGainWei() public view returns (uint256 feeWei, uint256 gainAboveMarkWei) {
        return (_feeWei, _gainAboveMarkWei);
    }

    /// @dev I1, I2: `action` moves no rate but by a rounding of two wei in favour of those who stay.
    modifier keepsRate(string memory action) {
        (uint256 totalBefore, uint256 supplyBefore) = (pool.totalAssets(), pool.totalSupply());
        _;
        (uint256 totalAfter, uint256 supplyAfter) = (pool.totalAssets(), pool.totalSupply());
        check((totalAfter + 1) * supplyBefore >= totalBefore * supplyAfter, string.concat("rate fell by ", action));
        check(
            totalAfter * supplyBefore <= (totalBefore + 2) * supplyAfter + 2 * supplyBefore,
            string.concat("rate rose by ", action)
        );
        reached[action]++;
    }
}
