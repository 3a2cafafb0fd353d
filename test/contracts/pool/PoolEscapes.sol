// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PoolHandler} from "./PoolHandler.sol";

/// @dev I17: from the state that the handler left, all holders leave, by calls that anyone may make.
contract PoolEscapes is PoolHandler {
    address private immutable OWNER = msg.sender;

    modifier onlyAtTheEnd() {
        check(msg.sender == OWNER, "not by the runner");
        _;
    }

    function treasury() external pure returns (address) {
        return GOVERNANCE;
    }

    function seats() external view returns (address) {
        return address(fees);
    }

    function bonds() external pure returns (address) {
        return REGISTRY;
    }

    /// @dev Stops end by themselves, validators leave, a report is finished, cycles are filled.
    function leaveByReports() external onlyAtTheEnd {
        vm.warp(block.timestamp + 3 days);
        for (uint256 i = 0; i < 4; i++) {
            uint256 shares = pool.balanceOf(actors[i]);
            while (shares > 0 && shares >= pool.minimumRequestShares()) {
                uint256 part = shares < 70_000 ether ? shares : 70_000 ether;
                requestRedeem(actors[i], part);
                shares -= part;
            }
        }
        arrive(validatorWei);
        (uint256 booked, uint256 liquid) = pool.openReport();
        pool.finishReport(int256(liquid) - int256(booked));
        if (pool.oldestOpenCycle() != pool.currentCycle()) pool.fill(1000);
        check(pool.oldestOpenCycle() == pool.currentCycle(), "I17: a cycle is not filled");
        for (uint256 i = 0; i < 4; i++) {
            while (pool.maxRedeem(actors[i]) > 0) redeemAll(actors[i]);
            check(pool.balanceOf(actors[i]) < pool.minimumRequestShares(), "I17: shares are left");
            for (uint256 id = 1; id < pool.currentCycle(); id++) {
                check(pool.pendingRedeemRequest(id, actors[i]) == 0, "I17: a request waits");
            }
        }
    }

    /// @dev No report ever finishes again: the pool is closed, requests are shares again, all ETH is drawn.
    function leaveByClosing() external onlyAtTheEnd {
        pool.setReportClock(true);
        vm.warp(block.timestamp + 60 days);
        pool.close();
        uint256 current = pool.currentCycle();
        uint256[] memory ids = new uint256[](current);
        for (uint256 id = 1; id <= current; id++) ids[id - 1] = id;
        uint256 locked = 0;
        for (uint256 i = 0; i < 4; i++) {
            pool.returnShares(actors[i], ids);
            locked += _lockAll(actors[i]);
        }
        locked += _lockAll(GOVERNANCE) + _lockAll(address(fees)) + _lockAll(REGISTRY);
        // Dust of requests that were filled in part stays in the escrow.
        check(locked + pool.balanceOf(address(pool)) == pool.closedSupply(), "I17: a share can't be locked");
        check(pool.balanceOf(address(pool)) <= 8, "dust");
        arrive(validatorWei);
        for (uint256 i = 0; i < 4; i++) {
            while (pool.maxRedeem(actors[i]) > 0) redeemAll(actors[i]);
            _drawAll(actors[i]);
        }
        _drawAll(GOVERNANCE);
        _drawAll(address(fees));
        _drawAll(REGISTRY);
        uint256 dust = address(pool).balance - pool.reservedWei();
        check(dust <= 16 + validatorWei / 1e15, "I17: ETH is left that nobody can draw");
    }

    function _lockAll(address holder) private returns (uint256 shares) {
        shares = pool.balanceOf(holder);
        vm.prank(holder);
        pool.lock(shares);
    }

    function _drawAll(address holder) private {
        address receiver = address(uint160(holder) + 0x10000);
        vm.prank(holder);
        pool.draw(receiver);
    }
}
