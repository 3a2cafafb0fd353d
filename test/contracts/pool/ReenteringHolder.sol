// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {StakingPool} from "../../../contracts/pool/StakingPool.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @dev Comes in again by every door while it is being paid.
contract ReenteringHolder {
    StakingPool private immutable POOL;
    uint256 public entered;
    uint256 public refused;

    constructor(StakingPool pool) {
        POOL = pool;
    }

    receive() external payable {
        if (entered > 0) return;
        uint256[] memory ids = new uint256[](1);
        ids[0] = 1;
        _try(abi.encodeCall(POOL.redeem, (1 ether, address(this), address(this))));
        _try(abi.encodeCall(POOL.claim, (ids, address(this), address(this))));
        _try(abi.encodeCall(POOL.withdraw, (1 ether, address(this), address(this))));
        _try(abi.encodeCall(POOL.fill, (1)));
        _try(abi.encodeCall(POOL.requestRedeem, (POOL.balanceOf(address(this)), address(this), address(this))));
    }

    /// @dev Stakes all and asks for it back, but for 1 ETH.
    function enter(uint256 assets) external {
        POOL.deposit{value: assets}(assets, address(this));
        POOL.requestRedeem(assets - 1 ether, address(this), address(this));
    }

    function claim(uint256 shares) external {
        POOL.redeem(shares, address(this), address(this));
    }

    function _try(bytes memory call) private {
        entered++;
        (bool success, bytes memory result) = address(POOL).call(call);
        if (!success && bytes4(result) == ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector) refused++;
    }
}
